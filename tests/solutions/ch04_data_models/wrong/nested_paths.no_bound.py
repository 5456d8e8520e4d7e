# expect: Expected an error at `stops.1.sightings.1.count`
from typing import Annotated

from pydantic import BaseModel, Field


class Sighting(BaseModel):
    species: Annotated[str, Field(min_length=3)]
    count: int = 1


class Stop(BaseModel):
    station: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]$")]
    sightings: list[Sighting]


class Walk(BaseModel):
    warden: str
    stops: list[Stop]
