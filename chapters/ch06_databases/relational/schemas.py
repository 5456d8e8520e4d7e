"""What clients send and get: the database's limits are said here, with a 422.

Try: StationChange.model_validate({"name": None})
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

LARGEST = 2**31 - 1  # what an INTEGER column of PostgreSQL holds


def text(longest: int) -> object:
    """PostgreSQL stores every character but NUL."""
    return Field(min_length=1, max_length=longest, pattern=r"^[^\x00]*$")


Code = Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{1,3}$")]
Name = Annotated[str, text(80)]
Word = Annotated[str, text(40)]
Count = Annotated[int, Field(ge=1, le=10_000)]
# Away from the ends of the calendar, where a change of zone overflows.
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]


class Stored(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int


class StationBase(BaseModel):
    code: Code
    name: Name
    habitat: Word


class StationCreate(StationBase):
    model_config = ConfigDict(extra="forbid")


class StationChange(BaseModel):
    """Every field may be left out, and none may be null: these are no Optionals."""

    model_config = ConfigDict(extra="forbid")

    code: Code = ""
    name: Name = ""
    habitat: Word = ""


class SightingBase(BaseModel):
    species: Word
    count: Count = 1
    observer: Word


class SightingCreate(SightingBase):
    model_config = ConfigDict(extra="forbid")

    seen_at: Moment = Field(default_factory=lambda: datetime.now(UTC))


class SightingRead(SightingBase, Stored):
    station_id: int
    seen_at: datetime


class StationRead(StationBase, Stored):
    pass


class StationWithSightings(StationRead):
    sightings: list[SightingRead]


class Problem(BaseModel):
    detail: str
