# expect: it is older. Expected the moment of its making
from datetime import UTC, datetime

from pydantic import BaseModel


class Note(BaseModel):
    text: str
    noted_at: datetime = datetime.now(UTC)
    tags: list[str] = []
