"""A dependency refuses and caps; the routes do not change. An alias names it.

Try: fastapi dev validated_cap.py
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query


@dataclass(frozen=True)
class Page:
    skip: int
    limit: int


def read_page(
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=0)] = 10,
) -> Page:
    return Page(skip, min(100, limit))


Paged = Annotated[Page, Depends(read_page)]

app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Paged) -> Page:
    return page


@app.get("/species")
async def list_species(page: Paged) -> Page:
    return page
