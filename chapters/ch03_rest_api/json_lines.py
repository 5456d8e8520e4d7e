"""Yield models, send a line of JSON for each. Try: fastapi dev json_lines.py"""

from collections.abc import AsyncIterator

from fastapi import FastAPI
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int


app = FastAPI()


@app.get("/sightings")
async def export() -> AsyncIterator[Sighting]:
    for count, species in enumerate(("kestrel", "otter", "grey heron"), start=1):
        yield Sighting(species=species, count=count)
