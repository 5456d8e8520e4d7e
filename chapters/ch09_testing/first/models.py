"""A sighting and who saw it: something to build before a test can begin.

Try: python -m pytest sighting_test.py
"""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel


class Group(StrEnum):
    BIRD = "bird"
    MAMMAL = "mammal"


class Observer(BaseModel):
    name: str
    since: date


class Sighting(BaseModel):
    species: str
    group: Group
    observer: Observer
