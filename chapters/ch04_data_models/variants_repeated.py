"""The mistake: one sighting in three shapes, and each writes every field again.

Try: python -i -m chapters.ch04_data_models.variants_repeated
"""

from pydantic import BaseModel


class SightingCreate(BaseModel):
    species: str
    station: str
    count: int = 1


class SightingRead(BaseModel):
    id: int
    species: str
    station: str
    count: int = 1


class SightingStored(BaseModel):
    id: int
    species: str
    station: str
    cuont: int = 1  # a copy that nobody checked: here, counts get lost
    reviewer: str = "nobody yet"
