"""What may be ordered, and what is told of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chapters.ch14_text_to_image.studio.models import State

LARGEST = 2**31 - 1  # what an INTEGER column of PostgreSQL holds
# PostgreSQL stores every character but NUL; a prompt of blanks says nothing.
Words = Annotated[
    str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
]


class PlateCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prompt: Words = Field(examples=["a red boat on the sea at night"])
    negative_prompt: Words | None = None
    steps: int | None = Field(
        None, ge=1, le=50, description="More is better and slower; the model's default."
    )
    seed: int | None = Field(
        None, ge=0, le=LARGEST, description="The same seed, the same plate."
    )


class PlateRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: State
    progress: int = Field(description="Percent. 100: stored, and may be fetched.")
    prompt: str
    negative_prompt: str | None
    steps: int | None
    seed: int
    reason: str | None
    attempts: int
    model: str | None
    rung: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class PlateAccepted(PlateRead):
    unknown_words: list[str] = Field(description="The model has never seen these.")


class Link(BaseModel):
    url: str
    expires_in: int = Field(description="Seconds.")


class About(BaseModel):
    """What draws at the moment; null while no worker is up."""

    workers: int
    model: str | None = None
    rung: str | None = None
    device: str | None = None
    steps: int | None = None
    words: list[str] | None = None


class Health(BaseModel):
    database: bool
    broker: bool
    waiting: int = Field(description="Messages in the outbox.")
    workers: int


class Problem(BaseModel):
    detail: str


class Kept(Problem):
    """The order is stored, although the answer is 503."""

    id: UUID
