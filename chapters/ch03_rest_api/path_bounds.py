"""Refuse impossible stations before the function runs.

Try: fastapi dev path_bounds.py
"""

from typing import Annotated

from fastapi import FastAPI, Path

app = FastAPI()

StationId = Annotated[int, Path(ge=1, le=999, description="Number on its post")]


@app.get("/stations/{station_id}")
async def read_station(station_id: StationId) -> dict[str, int]:
    return {"station_id": station_id}
