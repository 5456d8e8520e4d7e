"""Signed tokens that expire: who may speak, in one string. See `handshake.py`."""

import os
import time

import jwt

# At least 32 bytes; the same in each process that is to accept the tokens.
KEY = os.environ.get("RADIO_KEY", "for the course only, never elsewhere")


def issue(name: str, seconds: float = 3600) -> str:
    claims = {"sub": name, "exp": time.time() + seconds}
    return jwt.encode(claims, KEY, algorithm="HS256")


def read(token: str) -> tuple[str, float]:
    """The name in a token and when it ends; `jwt.InvalidTokenError` if it is bad."""
    claims = jwt.decode(
        token, KEY, algorithms=["HS256"], options={"require": ["sub", "exp"]}
    )
    return claims["sub"], float(claims["exp"])
