# expect: and in another order
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, FastAPI


def accepting_app(store: Callable[[str], Awaitable[None]]) -> FastAPI:
    tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(lifespan=lifespan)

    @app.post("/sightings", status_code=202)
    async def accept(species: Annotated[str, Body(embed=True)]) -> str:
        tasks.append(asyncio.create_task(store(species)))
        return "accepted"

    return app
