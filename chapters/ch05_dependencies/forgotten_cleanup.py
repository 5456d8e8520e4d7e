"""A trap: after `yield` without `try`, nothing runs when the route fails.

Try: fastapi dev forgotten_cleanup.py
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

shelves = {"careless": ["red", "blue"], "careful": ["red", "blue"]}

app = FastAPI()


def take(shelf: str) -> str:
    if not shelves[shelf]:
        raise HTTPException(503, "All binoculars are out.")
    return shelves[shelf].pop()


async def borrow_careless() -> AsyncIterator[str]:
    glasses = take("careless")
    yield glasses
    shelves["careless"].append(glasses)


async def borrow_careful() -> AsyncIterator[str]:
    glasses = take("careful")
    try:
        yield glasses
    finally:
        shelves["careful"].append(glasses)


@app.get("/careless")
async def look(glasses: Annotated[str, Depends(borrow_careless)]) -> None:
    raise HTTPException(409, f"Fog: nothing to see through the {glasses} ones.")


@app.get("/careful")
async def look_carefully(glasses: Annotated[str, Depends(borrow_careful)]) -> None:
    raise HTTPException(409, f"Fog: nothing to see through the {glasses} ones.")
