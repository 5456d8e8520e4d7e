# expect: A refusal comes before the route
from secrets import compare_digest
from typing import Any

from fastapi.responses import JSONResponse
from starlette.requests import Request


class DoubleSubmit:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def keep(message: Any) -> None:
            held.append(message)

        held: list[Any] = []
        checked = scope["type"] == "http"
        await self.app(scope, receive, keep if checked else send)
        if not checked:
            return
        app = self.replay(held)
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            request = Request(scope)
            if "session" in request.cookies and not repeated(request):
                app = JSONResponse({"detail": "Show the token."}, 403)
        await app(scope, receive, send)

    def replay(self, held: list[Any]) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            for message in held:
                await send(message)

        return app


def repeated(request: Request) -> bool:
    cookie = request.cookies.get("csrf", "").encode()
    header = request.headers.get("X-CSRF-Token", "").encode()
    return bool(header) and compare_digest(cookie, header)
