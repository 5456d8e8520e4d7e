"""Named dependencies turn a signature into a sentence. Try: fastapi dev aliases.py"""

from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

stations = {"HP1": "Heron Pond", "PR2": "Pine Ridge"}


class NewSighting(BaseModel):
    species: str
    count: int = Field(1, ge=1)


class Sighting(NewSighting):
    station: str
    observer: str


async def find_station(code: str) -> str:
    if code not in stations:
        raise HTTPException(404, f"No station {code}.")
    return stations[code]


KnownStation = Annotated[str, Depends(find_station)]
ObserverName = Annotated[str, Header(alias="X-Observer", min_length=2)]

app = FastAPI(responses={404: {"description": "No such station."}})


@app.post("/stations/{code}/sightings", status_code=201)
async def add_sighting(
    station: KnownStation, observer: ObserverName, new: NewSighting
) -> Sighting:
    return Sighting(station=station, observer=observer, **new.model_dump())
