"""Put something else in a dependency's place, and put it back.

Try: fastapi dev overrides.py
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException


async def ask_weather_station() -> str:
    """In earnest a call to a mast on the ridge; today its line is down."""
    raise HTTPException(503, "The mast does not answer.")


app = FastAPI()


@app.get("/advice")
async def advise(weather: Annotated[str, Depends(ask_weather_station)]) -> str:
    return "Stay in the hide." if weather == "storm" else "Take the path."


@contextmanager
def replaced(
    app: FastAPI, original: Callable[..., Any], stand_in: Callable[..., Any]
) -> Iterator[None]:
    """The stand-in for the length of a `with` block, and not a moment longer."""
    before = dict(app.dependency_overrides)
    app.dependency_overrides[original] = stand_in
    try:
        yield
    finally:
        app.dependency_overrides = before
