"""A code of exactly three characters. Try: fastapi dev path_length.py"""

from typing import Annotated

from fastapi import FastAPI, Path

app = FastAPI()

StationCode = Annotated[str, Path(min_length=3, max_length=3)]


@app.get("/stations/{code}")
async def read_station(code: StationCode) -> dict[str, str]:
    return {"code": code}
