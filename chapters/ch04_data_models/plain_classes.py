"""The same sighting as a model and as a dataclass, which checks nothing at all.

Try: python -i -m chapters.ch04_data_models.plain_classes
"""

import json
from dataclasses import dataclass

from pydantic import BaseModel


class Sighting(BaseModel):
    species: str
    station: str
    count: int


@dataclass
class PlainSighting:
    species: str
    station: str
    count: int


@dataclass(slots=True)
class SlottedSighting:
    species: str
    station: str
    count: int


ROW = {"species": "otter", "station": "HP1", "count": 2}
ROW_AS_JSON = json.dumps(ROW).encode()
