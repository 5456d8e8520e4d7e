"""An id for each request, and one line about it, in pure ASGI."""

import time

from loguru import logger
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chapters.ch15_monitoring.watched.request_id import chosen, current

NAME = "X-Request-ID"


class RequestLog:
    """The outermost layer: everything below it, worker included, knows the id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500
        request_id = chosen(Headers(scope=scope).get(NAME, ""))
        before = current.set(request_id)

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[NAME] = request_id
            await send(message)

        try:
            await self.app(scope, receive, tell)
            current.reset(before)
        finally:  # after an error the id stays: the server logs the trace after us
            level = "ERROR" if status >= 500 else "INFO"
            logger.bind(
                request_id=request_id, ms=round((time.perf_counter() - start) * 1e3, 2)
            ).log(level, "{} {} {}", scope["method"], scope["path"], status)
