"""The cure: one client for the app's whole life, and a status for each misfortune.

Try: WEATHER_URL=http://127.0.0.1:9 fastapi dev weather.py
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request, status

URL = os.environ.get("WEATHER_URL", "http://127.0.0.1:9")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=URL, timeout=2) as client:
        app.state.weather = client
        yield


app = FastAPI(lifespan=lifespan)


async def get_weather(request: Request) -> httpx.AsyncClient:
    client: httpx.AsyncClient = request.app.state.weather
    return client


Weather = Annotated[httpx.AsyncClient, Depends(get_weather)]


@app.get("/forecast/{station}")
async def read_forecast(station: str, weather: Weather) -> dict[str, str]:
    try:
        reply = await weather.get(f"/stations/{station}")
        reply.raise_for_status()
        forecast: dict[str, str] = reply.json()
    except httpx.TimeoutException:
        raise HTTPException(
            status.HTTP_504_GATEWAY_TIMEOUT, "The weather service is late."
        ) from None
    except (httpx.HTTPError, ValueError):
        raise HTTPException(
            status.HTTP_502_BAD_GATEWAY, "The weather service is unwell."
        ) from None
    return forecast
