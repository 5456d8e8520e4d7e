"""Bring foreign data into shape before its type is checked.

Try: python -i -m chapters.ch04_data_models.before_validator
"""

from pydantic import BaseModel, field_validator


class Walk(BaseModel):
    posts: list[int]

    # `value` is whatever came: look before you split, and pass on what is not yours.
    @field_validator("posts", mode="before")
    @classmethod
    def from_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return value.split(",")
        return value
