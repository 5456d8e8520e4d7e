"""A rule that no bound can say: a function that returns the value or raises ValueError.

Try: python -i -m chapters.ch04_data_models.field_validator
"""

from datetime import date

from pydantic import BaseModel, field_validator

OPENED = date(1974, 5, 1)


class Observer(BaseModel):
    name: str
    since: date

    # Runs after the type: `value` is a date already.
    @field_validator("since")
    @classmethod
    def not_before_the_reserve(cls, value: date) -> date:
        if value < OPENED:
            raise ValueError(f"the reserve opened on {OPENED:%d %B %Y}")
        return value

    # What it returns is what is kept.
    @field_validator("name")
    @classmethod
    def tidied(cls, value: str) -> str:
        return value.strip().title()
