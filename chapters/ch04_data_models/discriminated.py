"""One of several models: a field that all have says which one, and errors stay short.

Try: python -i -m chapters.ch04_data_models.discriminated
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Seen(BaseModel):
    kind: Literal["seen"]
    count: int


class Heard(BaseModel):
    kind: Literal["heard"]
    seconds: float


class Track(BaseModel):
    kind: Literal["track"]
    length_mm: int


Evidence = Annotated[Seen | Heard | Track, Field(discriminator="kind")]


class Report(BaseModel):
    evidence: list[Evidence]


class LooseReport(BaseModel):
    evidence: list[Seen | Heard | Track]  # each is tried, and each complains


WRONG = {"evidence": [{"kind": "heard", "seconds": "long"}]}
UNKNOWN = {"evidence": [{"kind": "smelled"}]}
