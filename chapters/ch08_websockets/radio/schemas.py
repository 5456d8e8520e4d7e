"""The messages on the line: one that wardens send, and those that they get.

Each says its `type`. See `conversation.py`.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
]
Reference = Annotated[str, Field(max_length=40)]


class SignIn(BaseModel):
    name: Name
    badge: str


class Warden(BaseModel):
    name: str


class Health(BaseModel):
    status: Literal["on the air", "relay away"]
    listeners: int
    dropped: int


class Say(BaseModel):
    type: Literal["say"]
    text: Text
    ref: Reference = ""  # comes back in the answer, so that its sender knows it


class Said(BaseModel):
    type: Literal["said"] = "said"
    name: str
    text: str
    ref: str
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class Welcome(BaseModel):
    type: Literal["welcome"] = "welcome"
    name: str
    room: str


class Present(BaseModel):
    type: Literal["present"] = "present"
    names: list[str]


class RelayState(BaseModel):
    type: Literal["relay"] = "relay"
    state: Literal["on", "away"]


class Refused(BaseModel):
    type: Literal["refused"] = "refused"
    ref: str = ""
    why: str


Sent = Said | Welcome | Present | RelayState | Refused
