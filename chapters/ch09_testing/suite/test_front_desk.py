"""The lifespan is part of the app, and ASGITransport alone does not run it."""

import httpx
import pytest
from fastapi import FastAPI

from chapters.ch09_testing import front_desk

pytestmark = pytest.mark.anyio


@pytest.fixture
def app() -> FastAPI:
    return front_desk.app


async def test_the_desk_is_open(client: httpx.AsyncClient) -> None:
    reply = await client.get("/")
    assert reply.status_code == 200
    assert reply.json() == {"observatory": "open", "guests": 1}


async def test_each_test_opens_the_desk_anew(client: httpx.AsyncClient) -> None:
    guests = [(await client.get("/")).json()["guests"] for _ in range(2)]
    assert guests == [1, 2]


async def test_without_its_lifespan_the_desk_has_no_guest_list() -> None:
    transport = httpx.ASGITransport(front_desk.app)
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(AttributeError, match="guests"):
            await client.get("http://observatory/")
