"""Sightings that take their time, once politely and once not.

Try: python -m chapters.ch02_python, then GET /sightings?delay=0.5
"""

import asyncio
import time
from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI(title="Slow sightings")

Delay = Annotated[float, Query(ge=0, le=5, description="Seconds before the answer")]
Sighting = dict[str, str | int]
SIGHTINGS: list[Sighting] = [
    {"species": "kestrel", "station": "PR2", "count": 1},
    {"species": "grey heron", "station": "HP1", "count": 2},
    {"species": "otter", "station": "SM3", "count": 3},
]


@app.get("/sightings")
async def read_sightings(delay: Delay = 0) -> list[Sighting]:
    await asyncio.sleep(delay)  # other requests are served meanwhile
    return SIGHTINGS


@app.get("/blocking")
async def read_while_blocking(delay: Delay = 0) -> list[Sighting]:
    time.sleep(delay)  # nobody else is served meanwhile
    return SIGHTINGS
