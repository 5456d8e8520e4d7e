import re
import uuid
from contextvars import ContextVar
from typing import Any

from starlette.middleware.base import BaseHTTPMiddleware


def with_request_id(app: Any, current: ContextVar[str]) -> Any:
    async def dispatch(request: Any, call_next: Any) -> Any:
        sent = request.headers.get("X-Request-ID", "")
        decent = re.fullmatch("[A-Za-z0-9-]{6,64}", sent)
        request_id = sent if decent else str(uuid.uuid4())
        token = current.set(request_id)
        try:
            reply = await call_next(request)
        finally:
            current.reset(token)
        reply.headers["X-Request-ID"] = request_id
        return reply

    return BaseHTTPMiddleware(app, dispatch)
