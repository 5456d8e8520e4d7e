# expect: `noted_at` has the UTC offset `None`
from datetime import datetime

from pydantic import BaseModel, Field


class Note(BaseModel):
    text: str
    noted_at: datetime = Field(default_factory=datetime.now)
    tags: list[str] = []
