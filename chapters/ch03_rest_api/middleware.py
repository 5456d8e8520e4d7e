"""Something for every answer, errors included. Try: fastapi dev middleware.py"""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.middleware("http")
async def stamp(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    response.headers["X-Served-By"] = "Heron Pond"
    return response


@app.get("/sightings")
async def list_sightings() -> list[str]:
    return ["kestrel", "otter"]
