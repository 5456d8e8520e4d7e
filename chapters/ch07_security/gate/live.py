"""A WebSocket is refused at the handshake, and closed when its session ends.

Try: the tests of this chapter, or the notebook
"""

from typing import Annotated

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from fastapi.exceptions import WebSocketException
from sqlalchemy import func, select

from chapters.ch07_security.gate.csrf import is_trusted
from chapters.ch07_security.gate.models import Sighting, Token
from chapters.ch07_security.gate.sessions import find_session
from chapters.ch07_security.gate.signed_in import Here, bearer, cookie

router = APIRouter()
POLICY = 1008


async def read_handshake(
    socket: WebSocket,
    here: Here,
    in_header: Annotated[str | None, Depends(bearer)],
    in_cookie: Annotated[str | None, Depends(cookie)],
) -> str:
    """CORS does not hold for WebSockets: any page may knock, with our cookies."""
    if in_header is None and not is_trusted(socket, here.settings.front_ends):
        raise WebSocketException(POLICY, "not from this origin")
    token = in_header or in_cookie or ""
    if await alive(here, token) is None:
        raise WebSocketException(POLICY, "sign in first")
    return token


async def alive(here: Here, token: str) -> Token | None:
    async with here.sessions() as database:
        return await find_session(database, token)


@router.websocket("/live")
async def count_mine(
    socket: WebSocket, here: Here, token: Annotated[str, Depends(read_handshake)]
) -> None:
    await socket.accept()
    try:
        while True:
            await socket.receive_text()
            session = await alive(here, token)
            if session is None:  # signed out meanwhile: an open socket is no loophole
                return await socket.close(POLICY, "sign in again")
            await socket.send_json({"sightings": await count(here, session)})
    except WebSocketDisconnect:
        return None


async def count(here: Here, session: Token) -> int:
    mine = select(func.count(Sighting.id)).where(
        Sighting.owner_id == session.observer_id
    )
    async with here.sessions() as database:
        return await database.scalar(mine) or 0
