"""Counts of birds: checked when they come, newest first when they leave.

Try: fastapi dev counts.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, status
from pydantic import BaseModel, Field, computed_field


class Count(BaseModel):
    station: str = Field(min_length=3, max_length=3)
    adults: int = Field(ge=0)
    young: int = Field(ge=0)

    @computed_field
    def total(self) -> int:
        return self.adults + self.young


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.counts = []
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/counts", status_code=status.HTTP_201_CREATED)
async def add_count(count: Count) -> Count:
    app.state.counts.append(count)
    return count


@app.get("/counts")
async def list_counts(limit: Annotated[int, Query(ge=1, le=50)] = 10) -> list[Count]:
    newest: list[Count] = app.state.counts[::-1]
    return newest[:limit]


@app.get("/counts/{number}")
async def read_count(number: int) -> Count:
    counts: list[Count] = app.state.counts
    if not 1 <= number <= len(counts):
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no count {number}.")
    return counts[number - 1]
