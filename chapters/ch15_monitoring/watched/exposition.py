"""/metrics, for whoever holds the token: it tells visitors too much about you."""

import os
import secrets

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector, CollectorRegistry
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send


class Exposition:
    """Outside of the log and of the metrics: being looked at is no request."""

    def __init__(
        self, app: ASGIApp, token: SecretStr | None, *collectors: Collector
    ) -> None:
        self.app, self.collectors = app, collectors
        self.wanted = f"Bearer {token.get_secret_value()}".encode() if token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/metrics":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get("authorization", "").encode()
        await (await self.answer(given))(scope, receive, send)

    async def answer(self, given: bytes) -> Response:
        if self.wanted is None:  # nobody may: then there is nothing here
            return PlainTextResponse("Not Found", 404)
        if not secrets.compare_digest(given, self.wanted):
            asks = {"WWW-Authenticate": "Bearer"}
            return PlainTextResponse("Unauthorized", 401, asks)
        text = await run_in_threadpool(self.collect)  # collectors ask Redis, and wait
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def collect(self) -> bytes:
        registry = CollectorRegistry()
        for collector in self.collectors:
            registry.register(collector)
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            MultiProcessCollector(registry)
            return generate_latest(registry)
        return generate_latest(REGISTRY) + generate_latest(registry)
