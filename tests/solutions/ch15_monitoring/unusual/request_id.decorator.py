import re
import uuid
from contextvars import ContextVar
from typing import Any


def with_request_id(app: Any, current: ContextVar[str]) -> Any:
    @app.middleware("http")
    async def identified(request: Any, call_next: Any) -> Any:
        sent = request.headers.get("X-Request-ID", "")
        decent = re.fullmatch("[A-Za-z0-9-]{6,64}", sent)
        request_id = sent if decent else uuid.uuid4().hex[:12]
        token = current.set(request_id)
        reply = await call_next(request)
        current.reset(token)
        reply.headers["X-Request-ID"] = request_id
        return reply

    return app
