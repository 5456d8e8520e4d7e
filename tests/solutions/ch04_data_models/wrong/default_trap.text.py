# expect: Expected a `datetime`: when the note was made
from datetime import UTC, datetime

from pydantic import BaseModel, Field


class Note(BaseModel):
    text: str
    noted_at: str = Field(default_factory=lambda: datetime.now(UTC).isoformat())
    tags: list[str] = []
