"""Sightings: list, read, add, remove. Nobody's e-mail address leaves."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Request, Response, status

from .. import database
from ..schemas import SightingCreate, SightingPublic, SightingStored

router = APIRouter()


@router.get("")
async def list_sightings(station: str | None = None) -> list[SightingPublic]:
    return [s for s in database.sightings.values() if station in (None, s.station)]


@router.get("/{sighting_id}", responses={404: {"description": "No such sighting"}})
async def read_sighting(sighting_id: int) -> SightingPublic:
    if sighting_id not in database.sightings:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No sighting {sighting_id}.")
    return database.sightings[sighting_id]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses={400: {"description": "No such station"}},
)
async def add_sighting(
    sighting: SightingCreate,
    x_observer: Annotated[str, Header()],
    request: Request,
    response: Response,
) -> SightingPublic:
    if sighting.station not in database.stations:
        raise HTTPException(
            status.HTTP_400_BAD_REQUEST, f"No station {sighting.station}."
        )
    stored = SightingStored(
        id=database.next_sighting_id(),
        observer_email=x_observer,
        **sighting.model_dump(),
    )
    database.sightings[stored.id] = stored
    response.headers["Location"] = f"{request.url.path}/{stored.id}"
    return stored


@router.delete(
    "/{sighting_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: {"description": "No such sighting"}},
)
async def remove_sighting(sighting_id: int) -> None:
    if database.sightings.pop(sighting_id, None) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No sighting {sighting_id}.")
