"""Who may open a line is decided before it is open: by query, cookie or header.

Try: fastapi dev handshake.py
"""

from typing import Annotated

import jwt
from fastapi import Cookie, Depends, FastAPI, Header, Query, WebSocket
from fastapi import WebSocketException as Refusal
from fastapi.websockets import WebSocketDisconnect

from chapters.ch08_websockets import tokens

app = FastAPI()


def warden(token: str | None) -> str:
    try:
        name, _ = tokens.read(token or "")
    except jwt.InvalidTokenError as error:
        raise Refusal(1008, "A valid token, please.") from error
    return name


def by_query(token: Annotated[str | None, Query()] = None) -> str:
    return warden(token)


def by_cookie(token: Annotated[str | None, Cookie()] = None) -> str:
    return warden(token)


def by_header(authorization: Annotated[str | None, Header()] = None) -> str:
    return warden((authorization or "").removeprefix("Bearer "))


@app.websocket("/query")
async def talk_by_query(
    socket: WebSocket, name: Annotated[str, Depends(by_query)]
) -> None:
    await greet(socket, name)


@app.websocket("/cookie")
async def talk_by_cookie(
    socket: WebSocket,
    name: Annotated[str, Depends(by_cookie)],
    station: Annotated[str, Query(max_length=20)] = "anywhere",
) -> None:
    await greet(socket, f"{name}, at {station}")


@app.websocket("/header")
async def talk_by_header(
    socket: WebSocket, name: Annotated[str, Depends(by_header)]
) -> None:
    await greet(socket, name)


async def greet(socket: WebSocket, name: str) -> None:
    await socket.accept()
    try:
        await socket.send_text(f"Hello {name}")
        while True:
            await socket.send_text(f"heard: {await socket.receive_text()}")
    except WebSocketDisconnect:
        pass
