"""A body that does not say it is JSON is not read as JSON.

Try: fastapi dev content_type.py
"""

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int


app = FastAPI()
lenient = APIRouter(strict_content_type=False)


@app.post("/sightings")
async def add_sighting(sighting: Sighting) -> Sighting:
    return sighting


# For an old logger in the field whose firmware never sets the header.
@lenient.post("/logger")
async def add_from_logger(sighting: Sighting) -> Sighting:
    return sighting


app.include_router(lenient)
