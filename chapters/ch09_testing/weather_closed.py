"""The mistake: a client that all requests share, closed by the first of them.

Try: fastapi dev weather_closed.py
"""

import os
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI

URL = os.environ.get("WEATHER_URL", "http://127.0.0.1:9")


class WeatherService:
    def __init__(self) -> None:
        self.client = httpx.AsyncClient(base_url=URL)

    async def __call__(self, station: str) -> dict[str, str]:
        # `async with` closes the client, and a closed client stays closed.
        async with self.client as client:
            reply = await client.get(f"/stations/{station}")
            wind: dict[str, str] = reply.json()
            return wind


weather_service = WeatherService()

app = FastAPI()


@app.get("/forecast/{station}")
async def read_forecast(
    forecast: Annotated[dict[str, str], Depends(weather_service)],
) -> dict[str, str]:
    return forecast
