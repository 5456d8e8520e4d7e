import re
import uuid
from contextvars import ContextVar
from typing import Any

from starlette.datastructures import Headers, MutableHeaders


class Identified:
    def __init__(self, app: Any, current: ContextVar[str]) -> None:
        self.app, self.current = app, current

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        sent = Headers(scope=scope).get("X-Request-ID", "")
        decent = re.fullmatch("[A-Za-z0-9-]{6,64}", sent)
        id = sent if decent else uuid.uuid4().hex
        before = self.current.set(id)

        async def tell(message: Any) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = id
            await send(message)

        try:
            await self.app(scope, receive, tell)
        finally:
            self.current.reset(before)


def with_request_id(app: Any, current: ContextVar[str]) -> Any:
    return Identified(app, current)
