"""The Observatory's stations over HTTP, kept in memory. Try: fastapi dev app.py"""

from enum import StrEnum
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Path
from pydantic import BaseModel, Field, StrictInt

from chapters.ch01_environment import arrivals


class Habitat(StrEnum):
    WATER = "water"
    FOREST = "forest"
    MARSH = "marsh"


class Station(BaseModel):
    code: str = Field(pattern=r"^[A-Z]{2}[0-9]$", description="Painted on its door")
    name: str
    habitat: Habitat
    altitude: StrictInt = 0


stations = {
    station.code: station
    for station in (
        Station(code="HP1", name="Heron Pond", habitat=Habitat.WATER, altitude=212),
        Station(code="PR2", name="Pine Ridge", habitat=Habitat.FOREST, altitude=1140),
        Station(code="SM3", name="Salt Marsh", habitat=Habitat.MARSH, altitude=2),
    )
}
Code = Annotated[str, Path(description="Two capital letters and a digit")]

app = FastAPI(title="Observatory stations", dependencies=[Depends(arrivals.write_down)])
app.include_router(arrivals.router)


@app.get("/stations")
async def list_stations(habitat: Habitat | None = None) -> list[Station]:
    return [s for s in stations.values() if habitat in (None, s.habitat)]


@app.get("/stations/{code}")
async def read_station(code: Code) -> Station:
    if code not in stations:
        raise HTTPException(404, f"No station has the code {code}.")
    return stations[code]


@app.post("/stations", status_code=201)
async def open_station(station: Station) -> Station:
    if station.code in stations:
        raise HTTPException(409, f"The code {station.code} is taken.")
    stations[station.code] = station
    return station
