# expect: Pydantic said: `The `dict` method is deprecated; use `model_dump` instead`
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


def observer_model() -> type[BaseModel]:
    class Observer(BaseModel):
        model_config = ConfigDict(from_attributes=True, coerce_numbers_to_str=True)

        name: Annotated[str, Field(min_length=1)]
        email: str
        badge: str
        nickname: str | None = None

        @field_validator("name", mode="before")
        @classmethod
        def stripped(cls, value: object) -> object:
            return value.strip() if isinstance(value, str) else value

        @model_validator(mode="after")
        def nickname_is_another(self) -> Self:
            if self.nickname == self.name:
                raise ValueError("the nickname is the name")
            return self

        def public(self) -> dict[str, Any]:
            return self.dict(exclude={"email"})

    return Observer
