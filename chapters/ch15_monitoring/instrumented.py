"""A whole app measured by a library, in one line. Try: GET /hides, then GET /metrics"""

from fastapi import FastAPI, HTTPException
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()


@app.get("/hides")
async def list_hides() -> list[str]:
    return ["reed bed", "north pool"]


@app.get("/hides/{number}", responses={404: {"description": "No such hide"}})
async def read_hide(number: int) -> str:
    if number not in (1, 2):
        raise HTTPException(404, "No such hide.")
    return ["reed bed", "north pool"][number - 1]


Instrumentator(excluded_handlers=["/metrics"]).instrument(app).expose(
    app, include_in_schema=False
)
