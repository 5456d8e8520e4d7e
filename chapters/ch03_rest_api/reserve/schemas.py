"""What comes in, what goes out, and what is stored."""

from pydantic import BaseModel, Field

CODE = r"^[A-Z]{2}[0-9]$"


class Station(BaseModel):
    code: str = Field(pattern=CODE, examples=["HP1"])
    name: str = Field(min_length=1)
    habitat: str


class SightingCreate(BaseModel):
    station: str = Field(pattern=CODE)
    species: str = Field(min_length=1)
    count: int = Field(gt=0)


class SightingPublic(SightingCreate):
    id: int


class SightingStored(SightingPublic):
    observer_email: str
