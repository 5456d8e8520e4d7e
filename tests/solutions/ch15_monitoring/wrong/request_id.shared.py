# expect: inside `current` was
import re
import uuid
from contextvars import ContextVar
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response


def with_request_id(app: FastAPI, current: ContextVar[str]) -> Any:
    latest = {"id": "-"}

    @app.middleware("http")
    async def identified(request: Request, call_next: Any) -> Response:
        sent = request.headers.get("X-Request-ID", "")
        decent = re.fullmatch("[A-Za-z0-9-]{6,64}", sent)
        latest["id"] = sent if decent else uuid.uuid4().hex
        reply: Response = await call_next(request)
        current.set(latest["id"])
        reply.headers["X-Request-ID"] = latest["id"]
        return reply

    return app
