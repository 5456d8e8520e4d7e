"""Bounds, lengths and patterns belong to the field, beside its type.

Try: python -i -m chapters.ch04_data_models.constraints
"""

from typing import Annotated

from pydantic import BaseModel, Field


class Sighting(BaseModel):
    species: Annotated[str, Field(min_length=3, max_length=40)]
    count: Annotated[int, Field(ge=1, le=5000)]
    certainty: Annotated[float | None, Field(gt=0, le=1)] = None
    ring: Annotated[str | None, Field(pattern=r"^[A-Z]{2}[0-9]{3}$")] = None
    tags: Annotated[list[str], Field(max_length=3)] = []


GOOD = {"species": "otter", "count": 1}
BAD = {
    "species": "ox",
    "count": 0,
    "certainty": 1.5,
    "ring": "KE20",
    "tags": ["wet", "far", "fast", "brown"],
}
