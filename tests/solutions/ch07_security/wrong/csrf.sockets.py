# expect: I opened a WebSocket through your middleware
from secrets import compare_digest
from typing import Any

from fastapi.responses import JSONResponse
from starlette.requests import Request


class DoubleSubmit:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        app = self.app
        assert scope["type"] in ("http", "lifespan")
        if scope.get("method", "GET") not in ("GET", "HEAD"):
            request = Request(scope)
            if "session" in request.cookies and not repeated(request):
                app = JSONResponse({"detail": "Show the token."}, 403)
        await app(scope, receive, send)


def repeated(request: Request) -> bool:
    cookie = request.cookies.get("csrf", "").encode()
    header = request.headers.get("X-CSRF-Token", "").encode()
    return bool(header) and compare_digest(cookie, header)
