"""One base with what all share; each variant says only what is different about it.

Try: python -i -m chapters.ch04_data_models.variants
"""

from typing import Annotated

from pydantic import BaseModel, Field

Count = Annotated[int, Field(ge=1, le=5000)]


class SightingBase(BaseModel):
    species: str
    station: str
    count: Count = 1

    def headline(self) -> str:
        """A method on the base is a method of every variant."""
        return f"{self.count} × {self.species} at {self.station}"


class SightingCreate(SightingBase):
    """What a client sends."""


class SightingRead(SightingBase):
    """What a client gets back."""

    id: int


class SightingStored(SightingRead):
    """What we keep: the reviewer never leaves."""

    reviewer: str = "nobody yet"


class SightingUpdate(BaseModel):
    """What a client may change; each field may be left out. See patch_right.py."""

    species: str | None = None
    count: int | None = None
