# expect: a route that depends on `read_page` follows
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Query

SIGHTINGS = [f"S{number}" for number in range(1, 121)]
SPECIES = [f"K{number}" for number in range(1, 121)]


@dataclass(frozen=True)
class Page:
    skip: int
    limit: int


def read_page(
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1)] = 10,
) -> Page:
    return Page(skip, min(50, limit))


Paged = Annotated[Page, Depends(read_page)]

app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Paged) -> list[str]:
    return SIGHTINGS[page.skip : page.skip + page.limit]


@app.get("/species")
async def list_species(
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1)] = 10,
) -> list[str]:
    return SPECIES[skip : skip + min(50, limit)]
