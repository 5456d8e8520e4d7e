"""The trap: a default is computed once, when the class is made; a factory each time.

Try: python -i -m chapters.ch04_data_models.default_trap
"""

from datetime import UTC, datetime

from pydantic import BaseModel, Field


def utc_now() -> datetime:
    return datetime.now(UTC)


class Frozen(BaseModel):
    noted_at: datetime = utc_now()  # this call runs once: at import
    tags: list[str] = []  # safe in Pydantic: each instance gets its own copy


# A factory stands after `=`, where a type checker sees that the field has a default.
class Fresh(BaseModel):
    noted_at: datetime = Field(default_factory=utc_now)
    tags: list[str] = Field(default_factory=list)
