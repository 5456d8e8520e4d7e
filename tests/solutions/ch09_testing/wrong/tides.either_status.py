# expect: answers `502` when the tide service is late, and all passed
import httpx
import pytest

pytestmark = pytest.mark.anyio


def late(request):
    raise httpx.ReadTimeout("late", request=request)


def unwell(request):
    return httpx.Response(500, json={"metres": 4.5})


@pytest.mark.parametrize("handler", [late, unwell])
async def test_misfortune(client, tides, handler):
    tides(handler)
    for _ in range(2):
        reply = await client.get("/tides/SM3")
        assert reply.status_code in (502, 504)
