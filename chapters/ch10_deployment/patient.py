"""A count that takes its time, so that a signal can arrive in its middle.

Run: uvicorn chapters.ch10_deployment.patient:app
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Query


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    print("shut down", file=sys.stderr, flush=True)


app = FastAPI(lifespan=lifespan)


@app.get("/count")
async def count(seconds: Annotated[float, Query(ge=0, le=60)] = 1.0) -> dict[str, int]:
    print("the count begins", file=sys.stderr, flush=True)
    await asyncio.sleep(seconds)
    print("the count ends", file=sys.stderr, flush=True)
    return {"herons": 7}
