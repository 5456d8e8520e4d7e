import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, FastAPI


def accepting_app(store: Callable[[str], Awaitable[None]]) -> FastAPI:
    """POST /sightings answers 202 at once; all are stored before the app ends."""
    queue: asyncio.Queue[str] = asyncio.Queue()

    async def work() -> None:
        while True:
            species = await queue.get()
            try:
                await store(species)
            except Exception as error:
                print("not stored:", error)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        worker = asyncio.create_task(work())
        yield
        await queue.join()
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/sightings", status_code=202)
    async def accept(species: Annotated[str, Body(embed=True)]) -> str:
        queue.put_nowait(species)
        return "accepted"

    return app
