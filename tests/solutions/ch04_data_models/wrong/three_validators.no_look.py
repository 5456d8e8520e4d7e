# expect: your code raised AttributeError: 'list' object has no attribute 'split'
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
        return [part.strip() for part in value.split(",")]

    @field_validator("day")
    @classmethod
    def reserve_was_open(cls, value: date) -> date:
        if value < date(1974, 5, 1):
            raise ValueError("the reserve opened in 1974")
        return value

    @model_validator(mode="after")
    def adds_up(self) -> Self:
        if self.adults + self.young != self.total:
            raise ValueError("adults and young are not the total")
        return self
