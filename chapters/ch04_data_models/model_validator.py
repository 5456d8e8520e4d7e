"""A rule about several fields at once belongs to the model.

Try: python -i -m chapters.ch04_data_models.model_validator
"""

from typing import Self

from pydantic import BaseModel, model_validator


class Count(BaseModel):
    adults: int
    young: int
    total: int

    # Runs only when every field is valid, so each is there and is an int.
    @model_validator(mode="after")
    def adds_up(self) -> Self:
        if self.adults + self.young != self.total:
            raise ValueError(f"{self.adults} and {self.young} are not {self.total}")
        return self
