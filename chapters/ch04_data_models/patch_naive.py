"""The mistake: a change that nobody checks. The cure: patch_right.py

Try: fastapi dev patch_naive.py
"""

from typing import Annotated

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field


class Sighting(BaseModel):
    species: Annotated[str, Field(min_length=3)]
    count: Annotated[int, Field(ge=1)] = 1
    note: str | None = None


class SightingUpdate(BaseModel):
    species: str | None = None
    count: int | None = None
    note: str | None = None


sightings = {1: Sighting(species="otter", count=2, note="at the weir")}

app = FastAPI()


@app.get("/sightings/{number}")
async def read(number: int) -> Sighting:
    if number not in sightings:
        raise HTTPException(404, f"No sighting {number}.")
    return sightings[number]


@app.patch("/sightings/{number}")
async def change(number: int, update: SightingUpdate) -> Sighting:
    stored = await read(number)
    changes = update.model_dump(exclude_unset=True)
    # model_copy trusts what it is given: no type, no bound, no null is checked.
    sightings[number] = stored.model_copy(update=changes)
    return sightings[number]
