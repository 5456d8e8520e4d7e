"""Methods are callables too: one object, two ways to page through a list.

Try: fastapi dev methods.py
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query


@dataclass(frozen=True)
class Page:
    skip: int
    limit: int


class Paging:
    def __init__(self, most: int) -> None:
        self.most = most

    def by_skip(
        self,
        skip: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=0)] = 10,
    ) -> Page:
        return Page(skip, min(self.most, limit))

    def by_number(
        self,
        page: Annotated[int, Query(ge=1)] = 1,
        size: Annotated[int, Query(ge=1)] = 10,
    ) -> Page:
        size = min(self.most, size)
        return Page((page - 1) * size, size)


paging = Paging(most=50)

app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Annotated[Page, Depends(paging.by_skip)]) -> Page:
    return page


@app.get("/species")
async def list_species(page: Annotated[Page, Depends(paging.by_number)]) -> Page:
    return page
