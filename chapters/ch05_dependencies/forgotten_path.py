"""A trap: the path forgot {code}, so the dependency reads it from the query.

Try: fastapi dev forgotten_path.py
"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

stations = {"HP1": "Heron Pond", "PR2": "Pine Ridge"}


async def find_station(code: str) -> str:
    if code not in stations:
        raise HTTPException(404, f"No station {code}.")
    return stations[code]


KnownStation = Annotated[str, Depends(find_station)]

app = FastAPI()


@app.get("/stations")  # meant: /stations/{code}
async def read_station(station: KnownStation) -> dict[str, str]:
    return {"station": station}
