# expect: lists the counts of every station, whichever was asked for, and all passed
import httpx
import pytest

pytestmark = pytest.mark.anyio

POND = {"station": "HP1", "adults": 2, "young": 3}


async def test_counts(client: httpx.AsyncClient) -> None:
    for adults in (1, 2):
        await client.post("/counts", json={**POND, "adults": adults})
    reply = await client.get("/counts", params={"station": "HP1"})
    assert [count["total"] for count in reply.json()] == [5, 4]
