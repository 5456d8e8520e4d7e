# expect: and got `200`. Expected `503`
import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI


def probe_app(version: Callable[[], Awaitable[str | None]], needed: str) -> FastAPI:
    app = FastAPI()

    @app.get("/health")
    async def health() -> str:
        return "alive"

    @app.get("/ready")
    async def ready() -> dict[str, bool]:
        try:
            async with asyncio.timeout(0.5):
                return {"ready": await version() == needed}
        except Exception:
            return {"ready": False}

    return app
