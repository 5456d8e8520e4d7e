"""The shape of a body, written once. Try: fastapi dev body_model.py"""

from fastapi import FastAPI
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int
    note: str | None = None


app = FastAPI()


@app.post("/sightings")
async def add_sighting(sighting: Sighting) -> Sighting:
    return sighting
