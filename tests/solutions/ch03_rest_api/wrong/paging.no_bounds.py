# expect: must hear about it rather than get everything
from typing import Any

from fastapi import FastAPI

SIGHTINGS = list(range(1, 61))

app = FastAPI()


@app.get("/sightings")
async def list_sightings(limit: int = 10, offset: int = 0) -> dict[str, Any]:
    page = SIGHTINGS[offset : offset + limit]
    return {"items": page, "total": len(SIGHTINGS)}
