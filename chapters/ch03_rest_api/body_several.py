"""Two models in one body: their keys are the arguments' names.

Try: fastapi dev body_several.py
"""

from fastapi import FastAPI
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int


class Observer(BaseModel):
    name: str
    since: int


app = FastAPI()


@app.post("/reports")
async def file_report(
    sighting: Sighting, observer: Observer
) -> dict[str, Sighting | Observer]:
    return {"sighting": sighting, "observer": observer}
