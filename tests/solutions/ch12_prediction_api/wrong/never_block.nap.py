# expect: slow work on the event loop stops everybody
import asyncio
from collections.abc import Callable

from fastapi import FastAPI


def counting_app(count: Callable[[], int]) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping() -> str:
        return "pong"

    @app.get("/birds")
    async def birds() -> dict[str, int]:
        await asyncio.sleep(0)
        return {"birds": count()}

    return app
