"""For ch09.tides: an app that asks somebody else. Try: fastapi dev tides.py"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException

URL = "http://tides.example"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=URL) as client:
        app.state.tides = client
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/tides/{station}")
async def read_tide(station: str) -> dict[str, float]:
    client: httpx.AsyncClient = app.state.tides
    try:
        reply = await client.get(f"/stations/{station}")
        reply.raise_for_status()
    except httpx.TimeoutException:
        raise HTTPException(504, "The tide service is late.") from None
    except httpx.HTTPError:
        raise HTTPException(502, "The tide service is unwell.") from None
    return {"metres": reply.json()["metres"]}
