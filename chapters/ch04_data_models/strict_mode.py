"""Strict: no conversion. For one field, one model, or one call.

Try: python -i -m chapters.ch04_data_models.strict_mode
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Lax(BaseModel):
    count: int
    day: date


class OneField(BaseModel):
    count: Annotated[int, Field(strict=True)]
    day: date


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)

    count: int
    day: date


TEXT = {"count": "2", "day": "2026-05-01"}
# JSON has no dates, so a strict model still reads one from JSON text.
AS_JSON = b'{"count": 2, "day": "2026-05-01"}'
