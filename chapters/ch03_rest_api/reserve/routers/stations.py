"""Stations: list, read, add, remove."""

from fastapi import APIRouter, HTTPException, Request, Response, status

from .. import database
from ..schemas import Station

router = APIRouter()


@router.get("")
async def list_stations() -> list[Station]:
    return list(database.stations.values())


@router.get("/{code}", responses={404: {"description": "No such station"}})
async def read_station(code: str) -> Station:
    if code not in database.stations:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No station {code}.")
    return database.stations[code]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses={409: {"description": "The code is taken"}},
)
async def add_station(
    station: Station, request: Request, response: Response
) -> Station:
    if station.code in database.stations:
        raise HTTPException(status.HTTP_409_CONFLICT, f"{station.code} is taken.")
    database.stations[station.code] = station
    response.headers["Location"] = f"{request.url.path}/{station.code}"
    return station


@router.delete(
    "/{code}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: {"description": "No such station"}},
)
async def remove_station(code: str) -> None:
    if database.stations.pop(code, None) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No station {code}.")
