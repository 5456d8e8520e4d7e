"""A trap: a dependency that swallows the error, and with it the reason.

Try: fastapi dev swallowed.py
"""

from collections.abc import AsyncIterator
from contextlib import suppress

from fastapi import Depends, FastAPI

app = FastAPI()


async def swallow() -> AsyncIterator[None]:
    with suppress(Exception):  # "so that clean-up is never disturbed"
        yield


async def tidy_up() -> AsyncIterator[None]:
    try:
        yield
    finally:  # runs in any case, and lets the error pass
        pass


@app.get("/swallowed", dependencies=[Depends(swallow)])
async def count_swallowed() -> float:
    return 3 / len([])


@app.get("/passed-on", dependencies=[Depends(tidy_up)])
async def count_passed_on() -> float:
    return 3 / len([])
