"""No default, no request without it. Try: fastapi dev query_required.py"""

from enum import StrEnum

from fastapi import FastAPI


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


app = FastAPI()


@app.get("/sightings")
async def list_sightings(order: Order) -> dict[str, str]:
    return {"order": order}
