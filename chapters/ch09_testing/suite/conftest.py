"""What every module of the suite may ask for; nobody imports this file.

Try: python -m pytest --fixtures
"""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop, of asyncio, for the whole run: fixtures may outlive a test."""
    return "asyncio"


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the module's `app` inside this process, within the app's lifespan."""
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://observatory"
        ) as client,
    ):
        yield client
    # The app is one object for the whole run: what a test replaced goes back.
    app.dependency_overrides.clear()
