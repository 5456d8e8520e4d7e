"""What the watch answers. A box is left, top, right, bottom in pixels of the picture.

See stream.py for what a client sends.
"""

from typing import Literal

from pydantic import BaseModel

Box = tuple[float, float, float, float]


class Thing(BaseModel):
    label: str
    score: float
    box: Box


class Named(BaseModel):
    """Who has looked: model, rung of the ladder, where it came from and runs."""

    name: str
    rung: str
    source: str
    device: str
    engine: str


class Seen(BaseModel):
    objects: list[Thing]
    width: int
    height: int
    ms: float  # decoding and looking, without any waiting
    model: Named


class Welcome(BaseModel):
    type: Literal["welcome"] = "welcome"
    model: Named


class Answer(Seen):
    type: Literal["seen"] = "seen"
    frame_id: int
    number: int  # of this answer: a client sends back the last that it has read


class Refused(BaseModel):
    type: Literal["refused"] = "refused"
    frame_id: int | None
    number: int
    why: str


class Problem(BaseModel):
    detail: str


class Lines(BaseModel):
    """Streams that are open, and what has become of all frames so far."""

    open: int = 0
    frames: int = 0
    answered: int = 0
    refused: int = 0
    dropped: int = 0
