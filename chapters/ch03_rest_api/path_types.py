"""A path is text until a type says otherwise. Try: fastapi dev path_types.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/stations/{station_id}")
async def read_station(station_id: int) -> dict[str, int]:
    return {"station_id": station_id}
