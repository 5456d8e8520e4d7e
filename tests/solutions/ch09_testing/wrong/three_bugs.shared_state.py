# expect: `test_1_add`, run in the opposite order, condemns the good app
import httpx
import pytest

pytestmark = pytest.mark.anyio

POND = {"station": "HP1", "adults": 2, "young": 3}
posted = []


async def test_1_add(client: httpx.AsyncClient) -> None:
    assert posted == []
    reply = await client.post("/counts", json=POND)
    posted.append(reply.json())
    assert reply.json()["total"] == 5


async def test_2_read(client: httpx.AsyncClient) -> None:
    for body in (POND, {**POND, "adults": 1}, {**POND, "station": "SM3"}):
        posted.append((await client.post("/counts", json=body)).json())
    reply = await client.get("/counts", params={"station": "HP1"})
    assert reply.json() == [posted[-2], posted[-3]]
