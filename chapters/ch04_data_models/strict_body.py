"""A strict body: a client that sends text for a number hears about it.

Try: fastapi dev strict_body.py
"""

from datetime import date
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field


class AllStrict(BaseModel):
    model_config = ConfigDict(strict=True)

    count: int
    day: date | None = None


class StrictButForDates(AllStrict):
    # FastAPI reads the JSON first, so the model gets a text: let it be converted.
    day: Annotated[date | None, Field(strict=False)] = None


app = FastAPI()


@app.post("/all-strict")
async def all_strict(survey: AllStrict) -> AllStrict:
    return survey


@app.post("/strict-but-for-dates")
async def strict_but_for_dates(survey: StrictButForDates) -> StrictButForDates:
    return survey
