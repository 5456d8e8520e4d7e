"""No request takes longer than it may: neither a slow client's nor a slow answer.

Used by app.py: app.add_middleware(TimeLimit, seconds=10)
"""

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class TimeLimit:
    """Pure ASGI: it sees the body arrive and the answer leave."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        received, answering = not expects_body(scope), False

        async def receive_watched() -> Message:
            nonlocal received
            message = await receive()
            received = received or not message.get("more_body", False)
            return message

        async def send_watched(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            async with asyncio.timeout(self.seconds) as limit:
                await self.app(scope, receive_watched, send_watched)
        except TimeoutError:
            if answering or not limit.expired():
                raise  # half an answer is out: only closing tells the client
            answer = no_answer() if received else no_request()
            await answer(scope, receive, send)


def expects_body(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return not names.isdisjoint((b"content-length", b"transfer-encoding"))


def no_request() -> JSONResponse:
    words = {"detail": "Your request did not arrive in time."}
    return JSONResponse(words, 408, headers={"Connection": "close"})


def no_answer() -> JSONResponse:
    words = {"detail": "This took too long, and was given up."}
    return JSONResponse(words, 503, headers={"Retry-After": "1"})
