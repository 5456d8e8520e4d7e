"""Two numbers about each request, in pure ASGI: how many, and how long."""

import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chapters.ch15_monitoring.watched.labels import method, route

# From a cached answer to a visitor who has given up; five a decade.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUESTS = Counter(
    "observatory_http_requests_total", "Requests.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "observatory_http_request_seconds",
    "Duration.",
    ["method", "route"],
    buckets=BUCKETS,
)


class HttpMetrics:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            labels = method(scope), route(scope)
            REQUESTS.labels(*labels, status).inc()
            SECONDS.labels(*labels).observe(time.perf_counter() - start)
