"""Only fields and bounds, no logic? Then a query model will do.

Try: fastapi dev query_model.py
"""

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field


class Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    skip: int = Field(0, ge=0)
    limit: int = Field(10, ge=0, le=100)


Paged = Annotated[Page, Query()]

app = FastAPI()


@app.get("/sightings")
async def list_sightings(page: Paged) -> Page:
    return page
