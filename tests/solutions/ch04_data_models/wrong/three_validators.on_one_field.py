# expect: Expected an error at `the model itself`
from datetime import date

from pydantic import BaseModel, ValidationInfo, field_validator


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
        return value

    @field_validator("total")
    @classmethod
    def adds_up(cls, value: int, info: ValidationInfo) -> int:
        if info.data["adults"] + info.data["young"] != value:
            raise ValueError("adults and young are not the total")
        return value
