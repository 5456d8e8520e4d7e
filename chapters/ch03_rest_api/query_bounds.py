"""Bounds on a query, and every mistake reported at once.

Try: fastapi dev query_bounds.py
"""

from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/sightings")
async def list_sightings(
    page: Annotated[int, Query(gt=0)] = 1,
    size: Annotated[int, Query(gt=0, le=100)] = 10,
) -> dict[str, int]:
    return {"page": page, "size": size}
