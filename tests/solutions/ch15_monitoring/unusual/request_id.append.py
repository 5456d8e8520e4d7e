import re
import uuid
from contextvars import ContextVar
from typing import Any

from starlette.datastructures import Headers


def with_request_id(app: Any, current: ContextVar[str]) -> Any:
    async def identified(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        sent = Headers(scope=scope).get("X-Request-ID", "")
        decent = re.fullmatch("[A-Za-z0-9-]{6,64}", sent)
        request_id = sent if decent else uuid.uuid4().hex
        before = current.set(request_id)

        async def tell(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await app(scope, receive, tell)
        finally:
            current.reset(before)

    return identified
