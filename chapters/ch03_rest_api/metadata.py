"""Words for the person who reads the docs page.

Try: fastapi dev metadata.py, then /docs
"""

from typing import Annotated

from fastapi import FastAPI, Path, Query

app = FastAPI(title="Observatory", version="2.0.0", description="Who saw what, where.")

StationId = Annotated[
    int, Path(title="Station", description="Number on the post", examples=[7])
]
Map = Annotated[str | None, Query(deprecated=True, description="Use the atlas")]


@app.get("/stations/{station_id}", summary="Find a station", tags=["stations"])
async def read_station(station_id: StationId, map: Map = None) -> dict[str, int]:
    """One station by its number. *This text is shown on the docs page.*"""
    return {"station_id": station_id}


@app.get("/posts/{station_id}", deprecated=True, tags=["stations"])
async def read_post(station_id: StationId) -> dict[str, int]:
    return {"station_id": station_id}


@app.get("/heartbeat", include_in_schema=False)
async def heartbeat() -> dict[str, bool]:
    return {"alive": True}
