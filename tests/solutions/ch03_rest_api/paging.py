from typing import Annotated, Any

from fastapi import FastAPI, Query

SIGHTINGS = list(range(1, 61))

app = FastAPI()


@app.get("/sightings")
async def list_sightings(
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    page = SIGHTINGS[offset : offset + limit]
    return {"items": page, "total": len(SIGHTINGS)}
