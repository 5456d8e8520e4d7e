from collections.abc import Callable

import httpx
import pytest

pytestmark = pytest.mark.anyio

Handler = Callable[[httpx.Request], httpx.Response]
Tides = Callable[[Handler], None]


def high(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"metres": 4.5})


def late(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("late", request=request)


def unwell(request: httpx.Request) -> httpx.Response:
    return httpx.Response(500, json={"metres": 0.0})


async def test_ten_in_a_row(client: httpx.AsyncClient, tides: Tides) -> None:
    tides(high)
    for _ in range(10):
        reply = await client.get("/tides/SM3")
        assert reply.status_code == 200
        assert reply.json() == {"metres": 4.5}


@pytest.mark.parametrize(("handler", "status"), [(late, 504), (unwell, 502)])
async def test_a_misfortune_has_a_status(
    client: httpx.AsyncClient, tides: Tides, handler: Handler, status: int
) -> None:
    tides(handler)
    assert (await client.get("/tides/SM3")).status_code == status
