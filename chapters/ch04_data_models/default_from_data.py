"""A factory with one argument is given what has been validated so far.

Try: python -i -m chapters.ch04_data_models.default_from_data
"""

from typing import Any

from pydantic import BaseModel, Field


def headline(so_far: dict[str, Any]) -> str:
    return f"{so_far['count']} × {so_far['species']}"


class Sighting(BaseModel):
    species: str
    count: int = 1
    # Below the fields that it reads: fields are validated from top to bottom.
    title: str = Field(default_factory=headline)
