"""The same small app in each coat; cost.py measures them."""

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from loguru import logger
from prometheus_client import CollectorRegistry
from prometheus_fastapi_instrumentator import Instrumentator
from starlette.middleware.base import RequestResponseEndpoint
from starlette.types import ASGIApp

from chapters.ch15_monitoring.watched.http_metrics import HttpMetrics
from chapters.ch15_monitoring.watched.request_log import RequestLog


def bare() -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping() -> dict[str, int]:
        return {"pong": 1}

    return app


def decorated() -> FastAPI:
    """The way most tutorials show: a function with call_next, and a log line in it."""
    app = bare()

    @app.middleware("http")
    async def log(request: Request, call_next: RequestResponseEndpoint) -> Response:
        reply = await call_next(request)
        logger.info("{} {} {}", request.method, request.url.path, reply.status_code)
        return reply

    return app


def library() -> FastAPI:
    app = bare()
    Instrumentator(registry=CollectorRegistry()).instrument(app)
    return app


LAYERS: dict[str, Callable[[], ASGIApp]] = {
    "nothing": bare,
    "metrics": lambda: HttpMetrics(bare()),
    "metrics, by the library": library,
    "log": lambda: RequestLog(bare()),
    "log and metrics": lambda: RequestLog(HttpMetrics(bare())),
    "log, as a decorator": decorated,
}
