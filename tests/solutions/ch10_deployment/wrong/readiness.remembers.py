# expect: an older schema lacks what this release reads
import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, HTTPException


def probe_app(version: Callable[[], Awaitable[str | None]], needed: str) -> FastAPI:
    app = FastAPI()
    seen = []

    @app.get("/health")
    async def health() -> str:
        return "alive"

    @app.get("/ready")
    async def ready() -> str:
        if not seen:
            async with asyncio.timeout(0.5):
                if await version() != needed:
                    raise HTTPException(503)
            seen.append(True)
        return "ready"

    return app
