"""A single value beside a model. Try: fastapi dev body_beside.py"""

from typing import Annotated

from fastapi import Body, FastAPI
from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    count: int


Certainty = Annotated[int, Body(ge=1, le=3, description="1 a guess, 3 beyond doubt")]

app = FastAPI()


@app.post("/reports")
async def file_report(
    sighting: Sighting, certainty: Certainty
) -> dict[str, Sighting | int]:
    return {"sighting": sighting, "certainty": certainty}
