"""A service that is not ours: replaced, pretended, and then really misbehaving."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI

from chapters.ch09_testing import misbehaving, weather, weather_closed

pytestmark = pytest.mark.anyio

NORTH = {"wind": "north"}
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def app() -> FastAPI:
    return weather.app


def use(app: FastAPI, client: httpx.AsyncClient) -> None:
    app.dependency_overrides[weather.get_weather] = lambda: client


def pretend(app: FastAPI, handler: Handler) -> None:
    transport = httpx.MockTransport(handler)
    use(app, httpx.AsyncClient(transport=transport, base_url="http://weather"))


@pytest.fixture
async def service() -> AsyncIterator[str]:
    async with misbehaving.serving() as url:
        yield url


async def test_the_service_is_asked_for_the_station(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=NORTH)

    pretend(app, answer)
    assert (await client.get("/forecast/HP1")).json() == NORTH
    assert asked == ["/stations/HP1"]


async def test_a_late_service_is_504(app: FastAPI, client: httpx.AsyncClient) -> None:
    def too_late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    pretend(app, too_late)
    assert (await client.get("/forecast/HP1")).status_code == 504


@pytest.mark.parametrize(
    ("manner", "status"),
    [
        ("fine", 200),
        pytest.param("slow", 504, marks=pytest.mark.slow),
        ("failing", 502),
        ("cut", 502),
        ("nonsense", 502),
    ],
)
async def test_a_real_server_misbehaves(
    app: FastAPI, client: httpx.AsyncClient, service: str, manner: str, status: int
) -> None:
    patience = 0.1 if manner == "slow" else 10
    async with httpx.AsyncClient(
        base_url=f"{service}/{manner}", timeout=patience
    ) as outside:
        use(app, outside)
        reply = await client.get("/forecast/HP1")
    assert reply.status_code == status


async def test_one_client_serves_ten_requests_and_is_closed(
    app: FastAPI, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weather, "URL", f"{service}/fine")
    async with app.router.lifespan_context(app):
        outside = app.state.weather
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport) as client:
            for _ in range(10):
                reply = await client.get("http://observatory/forecast/HP1")
                assert reply.json() == NORTH
                assert app.state.weather is outside
    assert outside.is_closed


async def test_a_dependency_that_is_an_object_is_replaced_by_that_object() -> None:
    app = weather_closed.app
    app.dependency_overrides[weather_closed.weather_service] = lambda: NORTH
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:
        reply = await client.get("http://observatory/forecast/HP1")
    app.dependency_overrides.clear()
    assert reply.json() == NORTH
