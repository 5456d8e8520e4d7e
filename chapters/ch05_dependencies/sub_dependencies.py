"""A dependency has dependencies: FastAPI walks the whole graph for you.

Try: fastapi dev sub_dependencies.py
"""

from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

stations = {"HP1": "Heron Pond", "NE9": "The Nests"}
observers = {"kestrel-7": "Ada", "heron-3": "Grace"}
left = {"Ada": 2, "Grace": 100}

app = FastAPI()


async def find_station(code: str) -> str:
    if code not in stations:
        raise HTTPException(404, f"No station {code}.")
    return stations[code]


async def find_observer(x_badge: Annotated[str, Header()]) -> str:
    if x_badge not in observers:
        raise HTTPException(401, "Nobody has this badge.")
    return observers[x_badge]


Station = Annotated[str, Depends(find_station)]
Observer = Annotated[str, Depends(find_observer)]


async def use_quota(observer: Observer) -> int:
    if left[observer] == 0:
        raise HTTPException(429, f"{observer} has reported enough for today.")
    left[observer] -= 1
    return left[observer]


async def check_permit(station: Station, observer: Observer) -> str:
    if station == "The Nests" and observer != "Ada":
        raise HTTPException(403, f"{observer} may not go to {station}.")
    return f"{observer} at {station}"


@app.post("/stations/{code}/sightings", status_code=201)
async def report(
    permit: Annotated[str, Depends(check_permit)],
    quota: Annotated[int, Depends(use_quota)],
) -> dict[str, str | int]:
    return {"permit": permit, "left": quota}
