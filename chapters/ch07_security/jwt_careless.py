"""Two ways to read a JWT that believe whatever it says. Neither is for use.

Try: careless(forged["alg none"])
"""

import hashlib
import hmac
from typing import Any

import jwt
from jwt.utils import base64url_decode


def careless(token: str) -> str:
    """'I only need what is in it': the signature is never looked at."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return str(claims["sub"])


def believed(token: str) -> str:
    """What a service makes of a token that it reads so."""
    try:
        return careless(token)
    except (jwt.InvalidTokenError, KeyError):
        return "nobody"


def obedient(token: str, key: str) -> str:
    """Home-made: asks the token itself how it wants to be verified."""
    message, _, signature = token.rpartition(".")
    algorithm = jwt.get_unverified_header(token)["alg"]
    if algorithm != "none":
        wanted = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(wanted, base64url_decode(signature)):
            raise jwt.InvalidSignatureError("Signature verification failed")
    return careless(token)
