"""The radio room: its page, signing in, its health, and the line itself.

Try: python -m uvicorn chapters.ch08_websockets.radio.app:app
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Request, Response, WebSocket
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from chapters.ch08_websockets import tokens
from chapters.ch08_websockets.radio.conversation import Conversation
from chapters.ch08_websockets.radio.entrance import (
    Admitted,
    AnyPass,
    CurrentStation,
    only_our_pages,
)
from chapters.ch08_websockets.radio.hub import Listener
from chapters.ch08_websockets.radio.schemas import Health, SignIn, Warden, Welcome
from chapters.ch08_websockets.radio.settings import Settings
from chapters.ch08_websockets.radio.station import Station

PAGE = File(__file__).parent / "page"
POLICY = {"Content-Security-Policy": "default-src 'self'; connect-src 'self'"}

Room = Annotated[str, Path(pattern="^[a-z]{1,20}$")]


def refused(status: int, why: str) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": why}}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with Station(Settings()).on_air() as station:
        app.state.station = station
        yield


app = FastAPI(title="The radio room", lifespan=lifespan)
app.mount("/page", StaticFiles(directory=PAGE), name="page")


@app.get("/", response_class=FileResponse, include_in_schema=False)
async def read_page() -> FileResponse:
    return FileResponse(PAGE / "index.html", headers=POLICY)


@app.post("/session", responses=refused(403, "This badge is no warden's."))
async def sign_in(
    asked: SignIn, station: CurrentStation, request: Request, response: Response
) -> Warden:
    badge = station.settings.badge.get_secret_value().encode()
    if not secrets.compare_digest(asked.badge.encode(), badge):
        raise HTTPException(403, "This badge is no warden's.")
    seconds = station.settings.session_seconds
    response.set_cookie(
        "radio_token",
        tokens.issue(asked.name, seconds),
        max_age=seconds,
        path=request.scope.get("root_path") or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return Warden(name=asked.name)


@app.get("/session", responses=refused(401, "Nobody is signed in."))
async def read_session(known: AnyPass) -> Warden:
    if known is None:
        raise HTTPException(401, "Nobody is signed in.")
    return Warden(name=known.name)


@app.get("/health", responses={503: {"model": Health}})
async def read_health(station: CurrentStation, response: Response) -> Health:
    on = station.relay.listening.is_set()
    if not on:
        response.status_code = 503
    return Health(
        status="on the air" if on else "relay away",
        listeners=len(station.hub),
        dropped=station.hub.dropped,
    )


@app.websocket("/rooms/{room}", dependencies=[Depends(only_our_pages)])
async def talk(
    socket: WebSocket, room: Room, known: Admitted, station: CurrentStation
) -> None:
    await socket.accept()
    listener = Listener(known.name, room, station.settings.queue)
    conversation = Conversation(socket, station, listener)
    conversation.answer(Welcome(name=known.name, room=room))
    conversation.answer(station.state(station.relay.listening.is_set()))
    try:
        await station.enter(listener)
        await conversation.run(known.seconds)
    finally:
        await station.leave(listener)
