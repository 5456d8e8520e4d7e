"""Dependencies: what this app holds, which session this is, who asks, who may.

Try: `me: SignedIn` in a route's signature
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyCookie, OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch07_security.gate.attempts import Attempts
from chapters.ch07_security.gate.database import Sessions
from chapters.ch07_security.gate.models import Observer, Token
from chapters.ch07_security.gate.passwords import Passwords
from chapters.ch07_security.gate.sessions import find_session
from chapters.ch07_security.gate.settings import Settings

# `__Host-`: the browser takes it only with Secure, Path=/ and for this host alone.
COOKIE = "__Host-session"
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
cookie = APIKeyCookie(name=COOKIE, auto_error=False)


@dataclass(frozen=True)
class Gate:
    settings: Settings
    sessions: Sessions
    passwords: Passwords
    attempts: Attempts


def get_gate(connection: HTTPConnection) -> Gate:
    gate: Gate = connection.app.state.gate
    return gate


Here = Annotated[Gate, Depends(get_gate)]


async def get_database(here: Here) -> AsyncIterator[AsyncSession]:
    async with here.sessions() as session:
        yield session


Database = Annotated[AsyncSession, Depends(get_database)]


def read_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


Address = Annotated[str, Depends(read_address)]


def unknown() -> HTTPException:
    challenge = {"WWW-Authenticate": "Bearer"}
    return HTTPException(401, "Sign in first.", challenge)


async def read_token(
    in_header: Annotated[str | None, Depends(bearer)],
    in_cookie: Annotated[str | None, Depends(cookie)],
) -> str:
    token = in_header or in_cookie
    if not token:
        raise unknown()
    return token


ShownToken = Annotated[str, Depends(read_token)]


async def read_session(token: ShownToken, database: Database) -> Token:
    session = await find_session(database, token)
    if session is None:
        raise unknown()
    return session


async def read_observer(session: Annotated[Token, Depends(read_session)]) -> Observer:
    return session.observer


SignedIn = Annotated[Observer, Depends(read_observer)]


async def require_warden(me: SignedIn) -> Observer:
    if me.role != "warden":
        raise HTTPException(403, "For wardens only.")
    return me
