"""Look at a plate, fetch it, cancel it, throw it away."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from sqlalchemy import delete, select, update

from chapters.ch14_text_to_image.studio.dependencies import (
    UNKNOWN,
    Chosen,
    Found,
    Session,
    Stored,
    refused,
)
from chapters.ch14_text_to_image.studio.models import OPEN, Outgoing, Plate, State, now
from chapters.ch14_text_to_image.studio.schemas import LARGEST, Link, PlateRead
from chapters.ch14_text_to_image.studio.storage import StorageAway

router = APIRouter(prefix="/plates", tags=["plates"])


class Listing(BaseModel):
    state: State | None = None
    skip: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[int, Field(ge=0, le=100)] = 20


@router.get("", response_model=list[PlateRead])
async def list_plates(
    asked: Annotated[Listing, Query()], session: Session
) -> Sequence[Plate]:
    """The newest first."""
    query = select(Plate).order_by(Plate.created_at.desc(), Plate.id)
    if asked.state is not None:
        query = query.where(Plate.state == asked.state)
    found = await session.scalars(query.offset(asked.skip).limit(asked.limit))
    return found.all()


@router.get("/{plate_id}", response_model=PlateRead, responses=UNKNOWN)
async def read_plate(plate: Found) -> Plate:
    return plate


@router.get("/{plate_id}/url", responses=UNKNOWN | refused(409, "Not there (yet)."))
async def read_link(plate: Found, storage: Stored, settings: Chosen) -> Link:
    """Where the picture is, for a few minutes. The storage serves it, not we."""
    if plate.state is not State.DONE:
        soon = {"Retry-After": "1"} if plate.state in OPEN else None
        raise HTTPException(409, f"This plate is {plate.state}.", headers=soon)
    seconds = settings.link_seconds
    return Link(url=storage.link(plate.object_name, seconds), expires_in=seconds)


async def stop(plate: Plate, session: Session) -> None:
    """Whoever draws it notices at its next report, and stops between two steps."""
    open_ = Plate.id == plate.id, Plate.state.in_(OPEN)
    ended = {"state": State.CANCELLED, "finished_at": now(), "lease_until": None}
    await session.execute(update(Plate).where(*open_).values(ended))
    await session.execute(delete(Outgoing).where(Outgoing.plate_id == plate.id))
    await session.commit()
    await session.refresh(plate)


@router.post(
    "/{plate_id}/cancel",
    response_model=PlateRead,
    responses=UNKNOWN | refused(409, "It has ended already."),
)
async def cancel_plate(plate: Found, session: Session) -> Plate:
    """Asked twice, it is cancelled once."""
    await stop(plate, session)
    if plate.state is not State.CANCELLED:
        raise HTTPException(409, f"This plate is {plate.state} already.")
    return plate


@router.delete(
    "/{plate_id}",
    status_code=204,
    responses=UNKNOWN | refused(503, "The storage or the database is away."),
)
async def delete_plate(plate: Found, session: Session, storage: Stored) -> None:
    """Work, then the object, then the row: a failure in between loses no trace."""
    await stop(plate, session)
    try:
        await storage.remove(plate.object_name)
    except StorageAway as away:
        told = f"{away} The plate is still listed; try again."
        raise HTTPException(503, told, headers={"Retry-After": "5"}) from away
    await session.execute(delete(Plate).where(Plate.id == plate.id))
    await session.commit()
