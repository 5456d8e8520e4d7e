# expect: your app answered `500`: your code raised ValidationError
from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field


class Station(BaseModel):
    name: Annotated[str, Field(min_length=3)]
    posts: Annotated[int, Field(ge=1)]
    note: str | None = None


class StationUpdate(BaseModel):
    name: str | None = None
    posts: int | None = None
    note: str | None = None


STATIONS = {"HP1": Station(name="Heron Pond", posts=7)}

app = FastAPI()


@app.get("/stations/{code}")
async def read_station(code: str) -> Station:
    if code not in STATIONS:
        raise HTTPException(404, f"No station {code}.")
    return STATIONS[code]


@app.patch("/stations/{code}")
async def change_station(code: str, update: StationUpdate) -> Station:
    stored = await read_station(code)
    changes = update.model_dump(exclude_unset=True)
    changed = Station.model_validate({**stored.model_dump(), **changes})
    STATIONS[code] = changed
    return changed
