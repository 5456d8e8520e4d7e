"""Sightings that belong to someone: what is not yours is not there.

Try: GET /gate/sightings/1 with the token of another observer
"""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from sqlalchemy import select

from chapters.ch07_security.gate.models import Sighting
from chapters.ch07_security.gate.schemas import (
    NewSighting,
    Refusal,
    Responses,
    SightingRead,
)
from chapters.ch07_security.gate.signed_in import Database, SignedIn

router = APIRouter(prefix="/sightings", tags=["sightings"])
NOT_HERE: Responses = {
    404: {"model": Refusal, "description": "None of yours has this number."}
}


async def find_mine(
    sighting_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    me: SignedIn,
    database: Database,
) -> Sighting:
    # The owner is part of the question: no route can forget to compare afterwards.
    wanted = select(Sighting).where(
        Sighting.id == sighting_id, Sighting.owner_id == me.id
    )
    found = await database.scalar(wanted)
    if found is None:  # 403 would say that it exists
        raise HTTPException(404, f"You have no sighting {sighting_id}.")
    return found


Mine = Annotated[Sighting, Depends(find_mine)]


@router.post("", status_code=201)
async def add_sighting(
    new: NewSighting, me: SignedIn, database: Database
) -> SightingRead:
    sighting = Sighting(owner_id=me.id, **new.model_dump())
    database.add(sighting)
    await database.commit()
    return SightingRead.model_validate(sighting)


@router.get("")
async def list_mine(me: SignedIn, database: Database) -> list[SightingRead]:
    mine = select(Sighting).where(Sighting.owner_id == me.id).order_by(Sighting.id)
    return [SightingRead.model_validate(s) for s in await database.scalars(mine)]


@router.get("/{sighting_id}", responses=NOT_HERE)
async def read_sighting(sighting: Mine) -> SightingRead:
    return SightingRead.model_validate(sighting)


@router.put("/{sighting_id}", responses=NOT_HERE)
async def replace_sighting(
    sighting: Mine, new: NewSighting, database: Database
) -> SightingRead:
    sighting.species, sighting.note = new.species, new.note
    await database.commit()
    return SightingRead.model_validate(sighting)


@router.delete("/{sighting_id}", status_code=204, responses=NOT_HERE)
async def remove_sighting(sighting: Mine, database: Database) -> None:
    await database.delete(sighting)
    await database.commit()
