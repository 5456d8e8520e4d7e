"""The cure: the shape that leaves is a type of its own.

Try: fastapi dev private_kept.py
"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel


class PublicNest(BaseModel):
    species: str
    grid_square: str


class Nest(PublicNest):
    exact_position: str


nests = {1: Nest(species="kestrel", grid_square="D4", exact_position="third oak, east")}

app = FastAPI()


@app.get("/nests/{nest_id}")
async def read_nest(nest_id: int) -> PublicNest:
    return nests[nest_id]


# When the annotation cannot say it: this one returns a plain dict.
@app.get("/nests/{nest_id}/card", response_model=PublicNest)
async def read_card(nest_id: int) -> dict[str, Any]:
    return nests[nest_id].model_dump()
