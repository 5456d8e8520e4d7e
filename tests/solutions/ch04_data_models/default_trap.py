from datetime import UTC, datetime

from pydantic import BaseModel, Field


def utc_now() -> datetime:
    return datetime.now(UTC)


class Note(BaseModel):
    text: str
    noted_at: datetime = Field(default_factory=utc_now)
    tags: list[str] = []
