"""What comes in and goes out. Nothing that was not asked for comes in.

Try: NewSighting(species="otter", owner_id=1)
"""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    SecretStr,
    WithJsonSchema,
)

from chapters.ch07_security.gate.passwords import check_uncommon

SHORTEST, LONGEST = 15, 256  # a sentence fits, a flood does not


def check_secret(password: SecretStr) -> SecretStr:
    text = password.get_secret_value()
    if not SHORTEST <= len(text) <= LONGEST:
        raise ValueError(f"A password has {SHORTEST} to {LONGEST} characters.")
    text.encode()  # half a character cannot be hashed: a ValueError here, not a 500
    check_uncommon(text)
    return password


Responses = dict[int | str, dict[str, Any]]
Email = Annotated[EmailStr, AfterValidator(str.casefold)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Password = Annotated[
    SecretStr,
    AfterValidator(check_secret),
    WithJsonSchema({"type": "string", "format": "password", "minLength": SHORTEST}),
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewObserver(Strict):
    email: Email
    name: Name
    password: Password


class Credentials(Strict):
    email: Annotated[str, Field(max_length=254), AfterValidator(str.casefold)]
    password: Annotated[SecretStr, Field(max_length=LONGEST)]


class NameChange(Strict):
    name: Name


class ObserverRead(BaseModel):
    """No hash in here: a response can only show what its model has."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    role: str


class NewSighting(Strict):
    species: Name
    note: Annotated[str, Field(max_length=500)] = ""


class SightingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    species: str
    note: str


class AccessToken(BaseModel):
    access_token: str
    token_type: str = "bearer"


class CsrfToken(BaseModel):
    csrf_token: str


class Refusal(BaseModel):
    detail: str
