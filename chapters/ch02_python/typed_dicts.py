"""A `TypedDict` tells the checker the keys of a plain dict, such as JSON gives.

Try: python -i -m chapters.ch02_python.typed_dicts
"""

from typing import Literal, NotRequired, TypedDict


class Sighting(TypedDict):
    species: str
    count: int
    light: Literal["day", "night"]
    note: NotRequired[str]


def headline(sighting: Sighting) -> str:
    note = sighting.get("note", "no note")
    return f"{sighting['count']} x {sighting['species']} by {sighting['light']}: {note}"
