"""Three routes that never meet a missing sighting. Try: fastapi dev found_or_404.py"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from pydantic import BaseModel, Field


class Sighting(BaseModel):
    id: int
    species: str
    count: int


class Change(BaseModel):
    """Every field may be left out, none may be null; the defaults are never used."""

    species: str = ""
    count: int = Field(1, ge=1)


sightings = {
    1: Sighting(id=1, species="kestrel", count=2),
    2: Sighting(id=2, species="otter", count=1),
}


async def find_sighting(sighting_id: int) -> Sighting:
    if sighting_id not in sightings:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No sighting {sighting_id}.")
    return sightings[sighting_id]


Found = Annotated[Sighting, Depends(find_sighting)]

app = FastAPI(responses={404: {"description": "No such sighting."}})


@app.get("/sightings/{sighting_id}")
async def read_sighting(sighting: Found) -> Sighting:
    return sighting


@app.patch("/sightings/{sighting_id}")
async def change_sighting(sighting: Found, change: Change) -> Sighting:
    sent = change.model_dump(exclude_unset=True)
    sightings[sighting.id] = sighting.model_copy(update=sent)
    return sightings[sighting.id]


@app.delete("/sightings/{sighting_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_sighting(sighting: Found) -> None:
    del sightings[sighting.id]
