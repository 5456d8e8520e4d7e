# expect: at most 50 are given, whatever is asked
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
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Page:
    return Page(skip, limit)


Paged = Annotated[Page, Depends(read_page)]

app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Paged) -> list[str]:
    return SIGHTINGS[page.skip : page.skip + page.limit]


@app.get("/species")
async def list_species(page: Paged) -> list[str]:
    return SPECIES[page.skip : page.skip + page.limit]
