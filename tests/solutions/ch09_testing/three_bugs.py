import httpx
import pytest

pytestmark = pytest.mark.anyio

POND = {"station": "HP1", "adults": 2, "young": 3}
MARSH = {"station": "SM3", "adults": 7, "young": 0}


async def test_a_count_has_a_total(client: httpx.AsyncClient) -> None:
    reply = await client.post("/counts", json=POND)
    assert reply.status_code == 201
    assert reply.json() == {**POND, "total": 5}


async def test_a_list_is_of_one_station(client: httpx.AsyncClient) -> None:
    for body in (POND, MARSH):
        await client.post("/counts", json=body)
    reply = await client.get("/counts", params={"station": "SM3"})
    assert reply.json() == [{**MARSH, "total": 7}]


async def test_the_newest_comes_first(client: httpx.AsyncClient) -> None:
    for adults in (1, 2):
        await client.post("/counts", json={**POND, "adults": adults})
    reply = await client.get("/counts", params={"station": "HP1"})
    assert [count["adults"] for count in reply.json()] == [2, 1]
