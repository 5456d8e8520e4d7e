# expect: `test_counts` condemns the good app
import httpx
import pytest

pytestmark = pytest.mark.anyio

POND = {"station": "HP1", "adults": 2, "young": 3}


async def test_counts(client: httpx.AsyncClient) -> None:
    reply = await client.post("/counts", json=POND)
    assert reply.json() == POND
