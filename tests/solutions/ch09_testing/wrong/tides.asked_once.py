# expect: closes its client after the first request
import httpx
import pytest

pytestmark = pytest.mark.anyio


def late(request):
    raise httpx.ReadTimeout("late", request=request)


async def test_high(client, tides):
    tides(lambda request: httpx.Response(200, json={"metres": 4.5}))
    assert (await client.get("/tides/SM3")).json() == {"metres": 4.5}


async def test_late(client, tides):
    tides(late)
    assert (await client.get("/tides/SM3")).status_code == 504


async def test_unwell(client, tides):
    tides(lambda request: httpx.Response(500, json={"metres": 4.5}))
    assert (await client.get("/tides/SM3")).status_code == 502
