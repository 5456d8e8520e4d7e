"""A key in a header: FastAPI asks for it, and the docs show a lock.

Try: fastapi dev api_key_header.py, then /docs and Authorize
"""

from secrets import compare_digest
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader

app = FastAPI()
read_key = APIKeyHeader(name="X-Station-Key")
KEY = "heron-pond-4471"  # in earnest: long, random, from the settings
REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No key."},
    403: {"description": "Not our key."},
}


@app.get("/readings", responses=REFUSED)
async def list_readings(key: Annotated[str, Depends(read_key)]) -> list[float]:
    # `==` stops at the first wrong character, and whoever times it can tell where.
    if not compare_digest(key.encode(), KEY.encode()):
        raise HTTPException(403, "This key opens nothing here.")
    return [11.5, 11.9]
