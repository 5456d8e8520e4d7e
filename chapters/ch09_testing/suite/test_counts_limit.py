"""The test that a mutant asked for: a bound has two sides, and both are tested."""

import httpx
import pytest
from fastapi import FastAPI

from chapters.ch09_testing import counts

pytestmark = pytest.mark.anyio


@pytest.fixture
def app() -> FastAPI:
    return counts.app


@pytest.mark.parametrize(("limit", "status"), [(50, 200), (51, 422), (0, 422)])
async def test_the_limit_is_1_to_50(
    client: httpx.AsyncClient, limit: int, status: int
) -> None:
    reply = await client.get("/counts", params={"limit": limit})
    assert reply.status_code == status
