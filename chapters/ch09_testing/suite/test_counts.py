"""One class for one path: good counts, bad counts, and where they are bad."""

import httpx
import pytest
from fastapi import FastAPI

from chapters.ch09_testing import counts

HERONS = {"station": "HP1", "adults": 2, "young": 3}


@pytest.fixture
def app() -> FastAPI:
    return counts.app


@pytest.mark.anyio
class TestAdding:
    async def test_a_count_is_kept(self, client: httpx.AsyncClient) -> None:
        reply = await client.post("/counts", json=HERONS)
        assert reply.status_code == 201
        assert reply.json() == {**HERONS, "total": 5}

    async def test_none_is_a_count_too(self, client: httpx.AsyncClient) -> None:
        reply = await client.post("/counts", json={**HERONS, "adults": 0})
        assert reply.status_code == 201

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            pytest.param({"adults": -1}, "greater_than_equal", id="negative"),
            pytest.param({"adults": "few"}, "int_parsing", id="a word"),
            pytest.param({"adults": None}, "int_type", id="nothing"),
        ],
    )
    async def test_a_bad_number_is_refused(
        self, client: httpx.AsyncClient, change: dict[str, object], kind: str
    ) -> None:
        reply = await client.post("/counts", json=HERONS | change)
        assert reply.status_code == 422
        (error,) = reply.json()["detail"]
        assert (error["loc"], error["type"]) == (["body", "adults"], kind)

    async def test_a_missing_number_is_named(self, client: httpx.AsyncClient) -> None:
        reply = await client.post("/counts", json={"station": "HP1", "adults": 2})
        assert reply.status_code == 422
        assert reply.json()["detail"][0]["loc"] == ["body", "young"]


@pytest.mark.anyio
class TestReading:
    async def test_the_newest_comes_first(self, client: httpx.AsyncClient) -> None:
        for adults in (1, 2, 3):
            await client.post("/counts", json={**HERONS, "adults": adults})
        reply = await client.get("/counts", params={"limit": 2})
        assert [count["adults"] for count in reply.json()] == [3, 2]

    async def test_one_count_has_a_number(self, client: httpx.AsyncClient) -> None:
        await client.post("/counts", json=HERONS)
        reply = await client.get("/counts/1")
        assert reply.json() == {**HERONS, "total": 5}

    async def test_an_unknown_number_is_404(self, client: httpx.AsyncClient) -> None:
        reply = await client.get("/counts/1")
        assert reply.status_code == 404
