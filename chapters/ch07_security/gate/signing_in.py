"""Sign in as a program (a token to keep) or as a browser (a cookie); sign out.

Try: http --form POST :8007/gate/token username=ada@reserve.example password=...
"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch07_security.gate.accounts import TOO_MANY
from chapters.ch07_security.gate.csrf import CSRF_COOKIE, make_token
from chapters.ch07_security.gate.models import Observer
from chapters.ch07_security.gate.schemas import AccessToken, Credentials, CsrfToken
from chapters.ch07_security.gate.sessions import (
    close_all,
    close_session,
    open_session,
)
from chapters.ch07_security.gate.signed_in import (
    COOKIE,
    Address,
    Database,
    Gate,
    Here,
    ShownToken,
    SignedIn,
)

router = APIRouter(tags=["sessions"])


async def sign_in(
    here: Gate, database: AsyncSession, email: str, password: str, address: str
) -> str:
    """A new token; or 401, in the same words and the same time for everybody."""
    await here.attempts.guess(email, address)
    observer = await database.scalar(select(Observer).where(Observer.email == email))
    known = observer.password_hash if observer else None
    fine, better = await here.passwords.check(password, known)
    if observer is None or not fine:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise HTTPException(401, "Wrong e-mail or password.", challenge)
    if better:  # an old algorithm or a weaker setting: now is the time
        observer.password_hash = better
    await here.attempts.forgive(email, address)
    lifetime = timedelta(hours=here.settings.session_hours)
    return await open_session(database, observer, lifetime)


@router.post("/token", responses=TOO_MANY)
async def sign_in_program(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    here: Here,
    database: Database,
    address: Address,
) -> AccessToken:
    email = form.username.casefold()
    token = await sign_in(here, database, email, form.password, address)
    return AccessToken(access_token=token)


def set_cookie(response: Response, here: Gate, name: str, value: str) -> None:
    """Only over HTTPS, only to this host; for scripts only if it is the CSRF token."""
    response.set_cookie(
        name,
        value,
        max_age=int(here.settings.session_hours * 3600),
        secure=True,
        httponly=name == COOKIE,
        samesite="lax",
    )


def hand_out_csrf(response: Response, here: Gate, session: str) -> CsrfToken:
    key = here.settings.csrf_key.get_secret_value().encode()
    token = make_token(key, session)
    set_cookie(response, here, CSRF_COOKIE, token)
    return CsrfToken(csrf_token=token)


@router.post("/login", responses=TOO_MANY)
async def sign_in_browser(
    sent: Credentials,
    here: Here,
    database: Database,
    address: Address,
    request: Request,
    response: Response,
) -> CsrfToken:
    password = sent.password.get_secret_value()
    token = await sign_in(here, database, sent.email, password, address)
    if former := request.cookies.get(COOKIE):
        await close_session(database, former)
    set_cookie(response, here, COOKIE, token)
    return hand_out_csrf(response, here, token)


@router.get("/csrf")
async def renew_csrf(
    me: SignedIn, token: ShownToken, here: Here, response: Response
) -> CsrfToken:
    return hand_out_csrf(response, here, token)


@router.post("/logout", status_code=204)
async def sign_out(
    me: SignedIn, token: ShownToken, database: Database, response: Response
) -> None:
    await close_session(database, token)
    response.delete_cookie(COOKIE, secure=True, httponly=True)
    response.delete_cookie(CSRF_COOKIE, secure=True)


@router.post("/logout-everywhere", status_code=204)
async def sign_out_everywhere(me: SignedIn, database: Database) -> None:
    await close_all(database, me)
