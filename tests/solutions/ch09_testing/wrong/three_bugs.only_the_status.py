# expect: forgets the young in `total`, and all passed
import httpx
import pytest

pytestmark = pytest.mark.anyio

POND = {"station": "HP1", "adults": 2, "young": 3}


async def test_counts(client: httpx.AsyncClient) -> None:
    reply = await client.post("/counts", json=POND)
    assert reply.status_code == 201
    reply = await client.get("/counts", params={"station": "HP1"})
    assert reply.status_code == 200
