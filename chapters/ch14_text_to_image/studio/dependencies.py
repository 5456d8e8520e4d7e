"""What the routes ask for in their signatures: the plate, the storage, the settings."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch14_text_to_image.studio.database import log
from chapters.ch14_text_to_image.studio.models import Plate
from chapters.ch14_text_to_image.studio.outbox import Outbox
from chapters.ch14_text_to_image.studio.schemas import Problem
from chapters.ch14_text_to_image.studio.settings import Settings
from chapters.ch14_text_to_image.studio.storage import Storage


def refused(status: int, why: str, model: Any = Problem) -> dict[int | str, Any]:
    return {status: {"model": model, "description": why}}


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    # expire_on_commit=False: the answer is built after the commit, without SQL.
    async with AsyncSession(request.state.engine, expire_on_commit=False) as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def answer_503(_request: Request, error: Exception) -> JSONResponse:
    log.error("the database is away: %s", error)
    told = "The database does not answer at the moment. Nothing was stored; try again."
    return JSONResponse({"detail": told}, 503, headers={"Retry-After": "2"})


UNKNOWN = refused(404, "No such plate.")


async def get_plate_or_404(plate_id: UUID, session: Session) -> Plate:
    plate = await session.get(Plate, plate_id)
    if plate is None:
        raise HTTPException(404, f"No plate {plate_id}.")
    return plate


def get_storage(request: Request) -> Storage:
    storage: Storage = request.state.storage
    return storage


def get_settings(request: Request) -> Settings:
    settings: Settings = request.state.settings
    return settings


def get_outbox(request: Request) -> Outbox:
    outbox: Outbox = request.state.outbox
    return outbox


Found = Annotated[Plate, Depends(get_plate_or_404)]
Stored = Annotated[Storage, Depends(get_storage)]
Chosen = Annotated[Settings, Depends(get_settings)]
Posted = Annotated[Outbox, Depends(get_outbox)]
