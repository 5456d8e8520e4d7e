"""A dependency with a setting of its own: an object that can be called.

Try: fastapi dev class_call.py
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query


@dataclass(frozen=True)
class Page:
    skip: int
    limit: int


class AtMost:
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(
        self,
        skip: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=0)] = 10,
    ) -> Page:
        return Page(skip, min(self.most, limit))


app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Annotated[Page, Depends(AtMost(50))]) -> Page:
    return page


@app.get("/photos")
async def list_photos(page: Annotated[Page, Depends(AtMost(5))]) -> Page:
    return page
