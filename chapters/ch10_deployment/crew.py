"""Which process answers, and which release of the code is it?

Run: uvicorn chapters.ch10_deployment.crew:app --workers 2
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Query

RELEASE = "one"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    print("a worker is up", flush=True)
    yield
    print("a worker is done", flush=True)


app = FastAPI(lifespan=lifespan)


@app.get("/who")
async def who() -> dict[str, Any]:
    return {"process": os.getpid(), "release": RELEASE}


@app.get("/count")
async def count(to: Annotated[int, Query(ge=0, le=1_000_000)] = 2_000) -> int:
    """Work for one core: the sum of the numbers up to `to`, by hand."""
    total = 0
    for number in range(to):
        total += number
    return total
