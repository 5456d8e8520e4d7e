"""A line in the server's log for each request, and whether it failed.

Try: fastapi dev logged.py
"""

import logging
from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI, HTTPException, Request

logger = logging.getLogger("uvicorn.error")  # the server's own, so it is shown


async def log_visit(request: Request) -> AsyncIterator[None]:
    outcome = "answered"
    try:
        yield
    except HTTPException as error:
        outcome = f"refused with {error.status_code}"
        raise
    except Exception as error:
        outcome = f"failed with {type(error).__name__}"
        raise
    finally:
        logger.info("%s %s: %s", request.method, request.url.path, outcome)


app = FastAPI(dependencies=[Depends(log_visit)])


@app.get("/stations/{code}")
async def read_station(code: str) -> str:
    if code != "HP1":
        raise HTTPException(404, f"No station {code}.")
    return "Heron Pond"


@app.get("/broken")
async def break_down() -> None:
    raise RuntimeError("The pen is dry.")
