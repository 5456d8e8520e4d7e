"""Two routes share one function, and with it two parameters.

Try: fastapi dev shared_function.py
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI


@dataclass(frozen=True)
class Page:
    skip: int
    limit: int


def read_page(skip: int = 0, limit: int = 10) -> Page:
    return Page(skip, limit)


app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Annotated[Page, Depends(read_page)]) -> Page:
    return page


@app.get("/species")
async def list_species(page: Annotated[Page, Depends(read_page)]) -> Page:
    return page
