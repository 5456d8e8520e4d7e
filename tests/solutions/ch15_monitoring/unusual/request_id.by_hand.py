import uuid
from contextvars import ContextVar
from typing import Any

from starlette.datastructures import Headers, MutableHeaders


def with_request_id(app: Any, current: ContextVar[str]) -> Any:
    async def identified(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        sent = Headers(scope=scope).get("X-Request-ID", "")
        decent = (
            6 <= len(sent) <= 64 and sent.isascii() and sent.replace("-", "a").isalnum()
        )
        request_id = sent if decent else uuid.uuid4().hex
        before = current.set(request_id)

        async def tell(message: Any) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await app(scope, receive, tell)
        finally:
            current.reset(before)

    return identified
