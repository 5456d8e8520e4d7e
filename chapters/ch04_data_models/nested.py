"""A model can be the type of a field, and so can a list of models.

Try: python -i -m chapters.ch04_data_models.nested
"""

from pydantic import BaseModel


class Position(BaseModel):
    latitude: float
    longitude: float


class Station(BaseModel):
    code: str
    position: Position


class Sighting(BaseModel):
    species: str
    count: int


class Walk(BaseModel):
    station: Station
    sightings: list[Sighting]


POND = Station(code="HP1", position=Position(latitude=52.4, longitude=1.6))
DAWN = {
    "station": POND,  # an instance is as good as a dict
    "sightings": [{"species": "otter", "count": 2}, {"species": "wren", "count": 1}],
}
LOST = {
    "station": {"code": "HP1", "position": {"latitude": 52.4}},
    "sightings": [{"species": "otter", "count": 2}, {"species": "wren"}],
}
