"""Turn a 422 into messages beside the fields of a form.

Try: fastapi dev field_messages.py
"""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import BaseModel, EmailStr, Field


class Observer(BaseModel):
    name: Annotated[str, Field(min_length=2)]
    email: EmailStr


class Sighting(BaseModel):
    species: Annotated[str, Field(min_length=3)]
    count: Annotated[int, Field(ge=1)]


class Walk(BaseModel):
    station: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]$")]
    observer: Observer
    sightings: Annotated[list[Sighting], Field(min_length=1)]


WRONG = {
    "station": "pond",
    "observer": {"name": "A", "email": "ada"},
    "sightings": [
        {"species": "otter", "count": 2},
        {"species": "ox", "count": 0},
        {"count": "few"},
    ],
}

app = FastAPI()


@app.post("/walks")
async def add_walk(walk: Walk) -> Walk:
    return walk


# What a client does: `body` says which part of the request; the rest is the field.
def by_field(detail: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = {}
    for error in detail:
        field = ".".join(str(step) for step in error["loc"][1:])
        messages.setdefault(field or "the whole form", []).append(error["msg"])
    return messages
