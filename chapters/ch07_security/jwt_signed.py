"""A token that says itself who it is for; the signature is all that makes it true.

Try: JWT_KEY=... fastapi dev jwt_signed.py
"""

from datetime import UTC, datetime
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

from chapters.ch07_security.jwt_settings import JwtSettings

settings = JwtSettings()
app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="badge")


class Badge(BaseModel):
    badge: str


class AccessToken(BaseModel):
    access_token: str
    token_type: str = "bearer"


def issue(observer: str, settings: JwtSettings) -> str:
    now = datetime.now(UTC)
    claims = {
        "sub": observer,
        "iss": settings.issuer,
        "aud": settings.audience,
        "iat": now,
        "exp": now + settings.lifetime,
    }
    return jwt.encode(claims, settings.key.get_secret_value(), algorithm="HS256")


def read(token: str, settings: JwtSettings) -> str:
    claims = jwt.decode(
        token,
        settings.key.get_secret_value(),
        algorithms=["HS256"],  # ours; what the token says about it is the sender's
        issuer=settings.issuer,
        audience=settings.audience,
        options={"require": ["sub", "iss", "aud", "exp"]},
    )
    return str(claims["sub"])


def read_observer(token: Annotated[str, Depends(bearer)]) -> str:
    try:
        return read(token, settings)
    except jwt.InvalidTokenError:  # why, is for our log and not for the sender
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise HTTPException(401, "Sign in first.", challenge) from None


@app.post("/badge", responses={403: {"description": "Nobody's badge."}})
async def sign_in(sent: Badge) -> AccessToken:
    if sent.badge != "kestrel-7":
        raise HTTPException(403, "Nobody has this badge.")
    return AccessToken(access_token=issue("ada", settings))


@app.get("/me", responses={401: {"description": "No token, or not a good one."}})
async def read_me(observer: Annotated[str, Depends(read_observer)]) -> str:
    return observer
