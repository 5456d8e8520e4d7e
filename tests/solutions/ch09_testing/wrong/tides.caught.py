# expect: closes its client after the first request
import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_twice(client, tides):
    tides(lambda request: httpx.Response(200, json={"metres": 4.5}))
    for _ in range(2):
        try:
            reply = await client.get("/tides/SM3")
        except RuntimeError:
            continue
        assert reply.json() == {"metres": 4.5}
