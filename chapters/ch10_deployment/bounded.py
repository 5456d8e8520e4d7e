"""A body of at most 1,000 bytes, and at most half a second for everything.

Run: uvicorn chapters.ch10_deployment.bounded:app
"""

import asyncio
from typing import Annotated

from fastapi import Body, FastAPI

from chapters.ch10_deployment.station.time_limit import TimeLimit

app = FastAPI(max_body_size=1_000)
app.add_middleware(TimeLimit, seconds=0.5)


@app.post("/notes")
async def take_note(note: Annotated[str, Body(media_type="text/plain")]) -> int:
    return len(note)


@app.get("/count")
async def count(seconds: float = 60) -> str:
    await asyncio.sleep(seconds)
    return "counted"
