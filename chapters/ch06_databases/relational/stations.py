"""Five routes for stations on one `get_station_or_404`, and their sightings below.

Try: open /relational/docs, and create HP1 twice
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chapters.ch06_databases.relational.database import Session, saving
from chapters.ch06_databases.relational.models import Sighting, Station
from chapters.ch06_databases.relational.schemas import (
    LARGEST,
    Problem,
    SightingCreate,
    SightingRead,
    StationChange,
    StationCreate,
    StationWithSightings,
)

router = APIRouter(prefix="/stations", tags=["stations"])


async def get_station_or_404(
    station_id: Annotated[int, Path(ge=1, le=LARGEST)], session: Session
) -> Station:
    with_sightings = selectinload(Station.sightings)
    station = await session.get(Station, station_id, options=[with_sightings])
    if station is None:
        raise HTTPException(404, f"No station {station_id}.")
    return station


FoundStation = Annotated[Station, Depends(get_station_or_404)]


class Page(BaseModel):
    skip: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[int, Field(ge=0, le=100)] = 10


@router.post(
    "",
    status_code=201,
    response_model=StationWithSightings,
    responses={409: {"model": Problem}},
)
async def create_station(new: StationCreate, session: Session) -> Station:
    # Empty, but loaded: the answer must not have to ask for them.
    station = Station(**new.model_dump(), sightings=[])
    async with saving(session, f"There is a station {new.code} already."):
        session.add(station)
    return station


@router.get("", response_model=list[StationWithSightings])
async def list_stations(
    page: Annotated[Page, Query()], session: Session
) -> Sequence[Station]:
    # Without an order, the same row may stand on two pages.
    query = select(Station).order_by(Station.id).offset(page.skip).limit(page.limit)
    found = await session.scalars(query.options(selectinload(Station.sightings)))
    return found.all()


@router.get(
    "/{station_id}",
    response_model=StationWithSightings,
    responses={404: {"model": Problem}},
)
async def read_station(station: FoundStation) -> Station:
    return station


@router.patch(
    "/{station_id}",
    response_model=StationWithSightings,
    responses={404: {"model": Problem}, 409: {"model": Problem}},
)
async def change_station(
    station: FoundStation, change: StationChange, session: Session
) -> Station:
    async with saving(session, f"There is a station {change.code} already."):
        for field, value in change.model_dump(exclude_unset=True).items():
            setattr(station, field, value)
    return station


@router.delete("/{station_id}", status_code=204, responses={404: {"model": Problem}})
async def delete_station(station: FoundStation, session: Session) -> None:
    await session.delete(station)
    await session.commit()


@router.post(
    "/{station_id}/sightings",
    status_code=201,
    response_model=SightingRead,
    responses={404: {"model": Problem}, 409: {"model": Problem}},
)
async def create_sighting(
    station: FoundStation, new: SightingCreate, session: Session
) -> Sighting:
    sighting = Sighting(**new.model_dump(), station=station)
    async with saving(session, f"Station {station.code} was closed meanwhile."):
        session.add(sighting)
    return sighting
