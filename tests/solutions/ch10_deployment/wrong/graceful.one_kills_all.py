# expect: one failure is not everybody's
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, FastAPI


def accepting_app(store: Callable[[str], Awaitable[None]]) -> FastAPI:
    waiting: asyncio.Queue[str] = asyncio.Queue()

    async def work() -> None:
        try:
            while species := await waiting.get():
                await store(species)
        except OSError:
            print("not stored")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worker = asyncio.create_task(work())
        yield
        waiting.put_nowait("")
        await worker

    app = FastAPI(lifespan=lifespan)

    @app.post("/sightings", status_code=202)
    async def accept(species: Annotated[str, Body(embed=True)]) -> str:
        waiting.put_nowait(species)
        return "accepted"

    return app
