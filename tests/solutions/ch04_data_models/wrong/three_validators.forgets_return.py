# expect: its `day.year` is `None`
from datetime import date
from typing import Self

from pydantic import BaseModel, field_validator, model_validator


class Ringing(BaseModel):
    rings: list[str]
    day: date
    adults: int
    young: int
    total: int

    @field_validator("rings", mode="before")
    @classmethod
    def from_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",")]
        return value

    @field_validator("day")
    @classmethod
    def reserve_was_open(cls, value: date) -> date:
        if value < date(1974, 5, 1):
            raise ValueError("the reserve opened in 1974")

    @model_validator(mode="after")
    def adds_up(self) -> Self:
        if self.adults + self.young != self.total:
            raise ValueError("adults and young are not the total")
        return self
