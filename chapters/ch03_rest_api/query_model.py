"""A whole query as one model, and no typing mistake unseen.

Try: fastapi dev query_model.py
"""

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field


class Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    species: str | None = None
    page: int = Field(1, gt=0)
    size: int = Field(10, gt=0, le=100)


app = FastAPI()


@app.get("/sightings")
async def list_sightings(filters: Annotated[Filters, Query()]) -> Filters:
    return filters
