"""Enums, dates, times and lists are field types like any other.

Try: python -i -m chapters.ch04_data_models.richer_fields
"""

from datetime import date, datetime
from enum import StrEnum, auto

from pydantic import BaseModel


class Group(StrEnum):
    BIRD = auto()
    MAMMAL = auto()
    AMPHIBIAN = auto()


class Survey(BaseModel):
    group: Group
    day: date
    began_at: datetime
    species: list[str]


GOOD = {
    "group": "mammal",
    "day": "2026-05-01",
    "began_at": "2026-05-01T05:40:00Z",
    "species": ["otter", "water vole"],
}
BAD = {
    "group": "fish",
    "day": "2026-13-42",
    "began_at": "at dawn",
    "species": ["otter", 7],
}
MIDNIGHT, ONE_SECOND_LATER = 1_777_593_600, 1_777_593_601  # seconds since 1970, UTC
