"""What comes in and what goes out."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# A database's text holds no NUL character: PostgreSQL would answer with an error.
Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]+$")]
LARGEST = 2**31 - 1


class SightingCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    species: Name
    count: Annotated[int, Field(ge=1, le=10_000)]
    observer: Name = "unknown"


class SightingRead(SightingCreate):
    model_config = ConfigDict(from_attributes=True)

    id: int


class Page(BaseModel):
    skip: Annotated[int, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[int, Field(ge=0, le=100)] = 10


class Status(BaseModel):
    status: str


class Problem(BaseModel):
    detail: str
