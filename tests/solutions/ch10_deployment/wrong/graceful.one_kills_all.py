# expect: one failure is not everybody's
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, FastAPI


def accepting_app(store: Callable[[str], Awaitable[None]]) -> FastAPI:
    waiting: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        try:
            for species in waiting:
                await store(species)
        except OSError:
            print("not stored")

    app = FastAPI(lifespan=lifespan)

    @app.post("/sightings", status_code=202)
    async def accept(species: Annotated[str, Body(embed=True)]) -> str:
        waiting.append(species)
        return "accepted"

    return app
