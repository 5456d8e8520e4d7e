"""Stations and sightings in memory; chapter 6 puts them into a database."""

from .schemas import SightingStored, Station

stations = {
    station.code: station
    for station in (
        Station(code="HP1", name="Heron Pond", habitat="pond"),
        Station(code="PR2", name="Pine Ridge", habitat="forest"),
    )
}

sightings = {
    1: SightingStored(
        id=1,
        station="HP1",
        species="grey heron",
        count=2,
        observer_email="ada@reserve.example",
    )
}


def next_sighting_id() -> int:
    return max(sightings, default=0) + 1
