"""Load what is heavy when the server starts, not when the module is imported.

Try: fastapi dev heavy_start.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request


class Recogniser:
    """Stands for a model of some hundred megabytes."""

    loaded = 0

    def __init__(self) -> None:
        Recogniser.loaded += 1

    def guess(self, wingspan: int) -> str:
        return "kestrel" if wingspan < 100 else "grey heron"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.recogniser = Recogniser()
    yield
    del app.state.recogniser


def get_recogniser(request: Request) -> Recogniser:
    recogniser: Recogniser = request.app.state.recogniser
    return recogniser


app = FastAPI(lifespan=lifespan)


@app.get("/guess")
async def guess(
    wingspan: int, recogniser: Annotated[Recogniser, Depends(get_recogniser)]
) -> dict[str, str | int]:
    species = recogniser.guess(wingspan)
    return {"species": species, "times loaded": recogniser.loaded}
