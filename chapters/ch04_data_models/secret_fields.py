"""A secret that no print, log or dump shows by accident.

Try: python -i -m chapters.ch04_data_models.secret_fields
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Pin = Annotated[SecretStr, Field(min_length=6)]


class Badge(BaseModel):
    observer: str
    pin: Pin

    def opens_with(self, pin: str) -> bool:
        return self.pin.get_secret_value() == pin


class DiscreetBadge(Badge):
    # What was refused is quoted in the error's text, unless you say this.
    model_config = ConfigDict(hide_input_in_errors=True)
