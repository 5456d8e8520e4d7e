"""The rules of a model are its documentation: open /docs and look at the schema.

Try: fastapi dev documented.py
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, EmailStr, Field


class Group(StrEnum):
    BIRD = "bird"
    MAMMAL = "mammal"


class Sighting(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"species": "otter", "ring": "OT204"}]},
    )

    species: Annotated[str, Field(min_length=3, max_length=40, examples=["otter"])]
    ring: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{3}$", description="On the leg")]
    count: Annotated[int, Field(ge=1, le=5000)] = 1
    group: Group = Group.BIRD
    day: date | None = None
    observer: EmailStr | None = None


app = FastAPI(title="Sightings, documented")


@app.post("/sightings")
async def add_sighting(sighting: Sighting) -> Sighting:
    return sighting
