"""Validate what is no model: a list, a dict, a union. Make the adapter once.

Try: python -i -m chapters.ch04_data_models.type_adapter
"""

from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter


class Sighting(BaseModel):
    species: str
    count: Annotated[int, Field(ge=1)] = 1


SIGHTINGS = TypeAdapter(list[Sighting])
COUNTS = TypeAdapter(dict[str, Annotated[int, Field(ge=0)]])

FROM_A_FILE = b'[{"species": "otter", "count": 2}, {"species": "wren"}]'
