"""A change of some fields: only what was sent, and the whole is valid afterwards.

Try: fastapi dev patch_right.py
"""

from typing import Annotated

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError


class Sighting(BaseModel):
    species: Annotated[str, Field(min_length=3)]
    count: Annotated[int, Field(ge=1)] = 1
    note: str | None = None


# None stands for "not sent"; a null that was sent is for Sighting to judge.
class SightingUpdate(BaseModel):
    species: str | None = None
    count: int | None = None
    note: str | None = None


sightings = {1: Sighting(species="otter", count=2, note="at the weir")}

app = FastAPI(responses={404: {"description": "No such sighting."}})


@app.get("/sightings/{number}")
async def read(number: int) -> Sighting:
    if number not in sightings:
        raise HTTPException(404, f"No sighting {number}.")
    return sightings[number]


@app.patch("/sightings/{number}")
async def change(number: int, update: SightingUpdate) -> Sighting:
    stored = await read(number)
    changes = update.model_dump(exclude_unset=True)
    try:
        changed = Sighting.model_validate({**stored.model_dump(), **changes})
    except ValidationError as error:
        # The client's mistake, not ours: 422, with the places that a body has.
        raise RequestValidationError(
            [
                {**one, "loc": ("body", *one["loc"])}
                for one in error.errors(include_url=False)
            ]
        ) from error
    sightings[number] = changed
    return changed
