"""The same key as a guard: written once, for every route of a router.

Try: fastapi dev api_key_guard.py
"""

from secrets import compare_digest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader

KEY = "heron-pond-4471"
REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key."},
    403: {"description": "Not our key."},
}


async def require_key(
    key: Annotated[str, Depends(APIKeyHeader(name="X-Station-Key"))],
) -> None:
    if not compare_digest(key.encode(), KEY.encode()):
        raise HTTPException(403, "This key opens nothing here.")


stations = APIRouter(dependencies=[Depends(require_key)], responses=REFUSED)


@stations.get("/readings")
async def list_readings() -> list[float]:
    return [11.5, 11.9]


@stations.get("/batteries")
async def list_batteries() -> dict[str, int]:
    return {"HP1": 87}


app = FastAPI()
app.include_router(stations)


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]
