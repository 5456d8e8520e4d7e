"""One exception of yours, one answer, wherever it is raised.

Try: fastapi dev error_handler.py
"""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()

stations = {"HP1": "Heron Pond", "PR2": "Pine Ridge", "SM3": "Salt Marsh"}


class UnknownStation(Exception):
    def __init__(self, code: str) -> None:
        self.code = code


@app.exception_handler(UnknownStation)
async def say_unknown(request: Request, error: UnknownStation) -> JSONResponse:
    known = ", ".join(stations)
    problem = {"title": f"No station {error.code}.", "known": known}
    return JSONResponse(problem, 404, media_type="application/problem+json")


def find(code: str) -> str:
    if code not in stations:
        raise UnknownStation(code)
    return stations[code]


@app.get("/stations/{code}")
async def read_station(code: str) -> dict[str, str]:
    return {"name": find(code)}


@app.get("/route/{start}/{end}")
async def read_route(start: str, end: str) -> dict[str, str]:
    return {"route": f"{find(start)} to {find(end)}"}
