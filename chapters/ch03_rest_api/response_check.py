"""A broken promise is the server's fault: 500. Try: fastapi dev response_check.py"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int


app = FastAPI()

stored: dict[int, dict[str, Any]] = {
    1: {"species": "kestrel", "count": 2},
    2: {"species": "otter", "count": "a few"},
}


@app.get("/sightings/{sighting_id}", response_model=Sighting)
async def read_sighting(sighting_id: int) -> dict[str, Any]:
    return stored[sighting_id]
