# expect: answered `403`
from itertools import count
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict

BADGES = {"kestrel-7": "ada", "heron-3": "grace"}
SIGHTINGS: dict[int, dict[str, Any]] = {}
numbers = count(1)


async def read_me(x_badge: Annotated[str, Header()] = "") -> str:
    if x_badge not in BADGES:
        raise HTTPException(401, "Show a badge.")
    return BADGES[x_badge]


Me = Annotated[str, Depends(read_me)]


class NewSighting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    species: str


async def find_mine(number: int, me: Me) -> dict[str, Any]:
    sighting = SIGHTINGS.get(number)
    if sighting and sighting["owner"] != me:
        raise HTTPException(403, "Not yours.")
    if sighting is None:
        raise HTTPException(404, f"You have no sighting {number}.")
    return sighting


Mine = Annotated[dict[str, Any], Depends(find_mine)]
app = FastAPI()


@app.post("/sightings", status_code=201)
async def add_sighting(new: NewSighting, me: Me) -> dict[str, Any]:
    number = next(numbers)
    SIGHTINGS[number] = {"number": number, "owner": me, "species": new.species}
    return SIGHTINGS[number]


@app.get("/sightings/{number}")
async def read_sighting(sighting: Mine) -> dict[str, Any]:
    return sighting


@app.put("/sightings/{number}")
async def replace_sighting(sighting: Mine, new: NewSighting) -> dict[str, Any]:
    sighting["species"] = new.species
    return sighting


@app.delete("/sightings/{number}", status_code=204)
async def remove_sighting(sighting: Mine) -> None:
    del SIGHTINGS[sighting["number"]]
