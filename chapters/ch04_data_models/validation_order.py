"""Who sees a value first? Each validator notes when it was called.

Try: python -i -m chapters.ch04_data_models.validation_order
"""

from typing import Any, Self

from pydantic import (
    BaseModel,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

LOG: list[tuple[str, str]] = []


class Sighting(BaseModel):
    count: int
    mood: str = "calm"

    @model_validator(mode="before")
    @classmethod
    def model_before(cls, data: Any) -> Any:
        LOG.append(("model before", repr(data)))
        return data

    @field_validator("count", mode="before")
    @classmethod
    def before(cls, value: Any) -> Any:
        LOG.append(("before", repr(value)))
        return value.strip() if isinstance(value, str) else value

    # Defined below `before`, so it is further out: of before and wrap, the last
    # one defined sees the value first.
    @field_validator("count", mode="wrap")
    @classmethod
    def wrap(cls, value: Any, inner: ValidatorFunctionWrapHandler) -> int:
        LOG.append(("wrap, going in", repr(value)))
        try:
            number: int = inner(value)
        except ValueError:
            number = 0  # it may catch what the type refused
        LOG.append(("wrap, coming out", repr(number)))
        return number

    @field_validator("count", mode="after")
    @classmethod
    def after(cls, value: int) -> int:
        LOG.append(("after", repr(value)))
        return value

    # Plain stands in the place of the type: `str` is never checked.
    @field_validator("mood", mode="plain")
    @classmethod
    def plain(cls, value: Any) -> Any:
        LOG.append(("plain", repr(value)))
        return value

    @model_validator(mode="after")
    def model_after(self) -> Self:
        LOG.append(("model after", repr(self)))
        return self


def order(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What was called, in order, and with which value."""
    LOG.clear()
    Sighting.model_validate(data)
    return list(LOG)
