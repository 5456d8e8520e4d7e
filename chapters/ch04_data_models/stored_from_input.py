"""Build the stored object from the input, and answer with neither of the two.

Try: fastapi dev stored_from_input.py
"""

from fastapi import FastAPI
from pydantic import BaseModel


class SightingCreate(BaseModel):
    species: str
    count: int = 1


class SightingRead(SightingCreate):
    id: int


class SightingStored(SightingRead):
    reviewer: str = "nobody yet"


sightings: dict[int, SightingStored] = {}

app = FastAPI()


@app.post("/sightings", status_code=201)
async def add_sighting(new: SightingCreate) -> SightingRead:
    stored = SightingStored(id=len(sightings) + 1, **new.model_dump())
    sightings[stored.id] = stored
    return stored  # the return annotation lets out what SightingRead names
