"""Something new exists: 201. Try: fastapi dev status_created.py"""

from fastapi import FastAPI, status
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int


app = FastAPI()


@app.post("/sightings", status_code=status.HTTP_201_CREATED)
async def add_sighting(sighting: Sighting) -> Sighting:
    return sighting
