# expect: and waited for seconds
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, HTTPException


def probe_app(version: Callable[[], Awaitable[str | None]], needed: str) -> FastAPI:
    """GET /health asks nobody; GET /ready asks the database, for half a second."""
    app = FastAPI()

    @app.get("/health")
    async def health() -> str:
        return "alive"

    @app.get("/ready")
    async def ready() -> str:
        try:
            if True:
                found = await version()
        except Exception:
            raise HTTPException(503, "The database does not answer.") from None
        if found != needed:
            raise HTTPException(503, f"I need {needed}, not {found}.")
        return "ready"

    return app
