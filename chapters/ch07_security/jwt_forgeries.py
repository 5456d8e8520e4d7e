"""Tokens that nobody should accept, each with one thing wrong.

Try: for name, token in forge(JwtSettings()).items(): print(name, token)
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as mac
from typing import Any

import jwt
from jwt.utils import base64url_encode

from chapters.ch07_security.jwt_settings import JwtSettings

# Anybody's public key: it is public, so whoever wants can sign with its text.
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5BZ2fHQQ74UrNqvkyQsy
+94m9T+I9VXGnh6x27GZrcAxXKTnJQ2X6gHQgg7VTIxQFrWURmqEfNWR2lZbaMjU
JYWXGruH1aJIZzUsbfBrMI0UcewyMpB0nYX4yDHLdpG/AP/iYA697jjBK0A9mNJI
mXNNLd6eNMhTVMr8K9OXeNgV9De/0/ARKx/j9QJv/TtFeOT8apRM7xhhpFWuYvBw
chDwu+o2ws7iYvb0hRvALx4FJsQ4iEsEYo26BhIHXq2hdHrvOXbu8Cf87snp033u
eZpz89Vlgv58TCiQZBQvZRggaWeOT+1QeR7i4hDVVLU059Bdanj7iHpr8nmp7lqS
FQIDAQAB
-----END PUBLIC KEY-----
"""


def seal(claims: dict[str, Any], algorithm: str, key: str) -> str:
    """By hand, for PyJWT would not help a forger."""
    parts = [{"alg": algorithm, "typ": "JWT"}, claims]
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    signature = mac(key.encode(), text, sha256).digest() if key else b""
    return f"{text.decode()}.{base64url_encode(signature).decode()}"


def genuine(settings: JwtSettings) -> dict[str, Any]:
    end = datetime.now(UTC) + timedelta(hours=1)
    return {
        "sub": "ada",
        "iss": settings.issuer,
        "aud": settings.audience,
        "exp": int(end.timestamp()),
    }


def forge(settings: JwtSettings) -> dict[str, str]:
    claims = genuine(settings)
    key = settings.key.get_secret_value()
    good = jwt.encode(claims, key, algorithm="HS256")
    head, _, signature = good.split(".")
    return {
        "alg none": seal(claims, "none", ""),
        "alg nOnE": seal(claims, "nOnE", ""),
        "no signature": seal(claims, "HS256", ""),
        "another key": jwt.encode(claims, "k" * 32, algorithm="HS256"),
        "signed with a public key": seal(claims, "HS256", PUBLIC_KEY),
        "says RS256, our key": seal(claims, "RS256", key),
        "changed afterwards": f"{head}.{altered(claims)}.{signature}",
        "not a token": "kestrel.otter.newt",
    } | faulty(claims, key)


def altered(claims: dict[str, Any]) -> str:
    return base64url_encode(json.dumps(claims | {"sub": "grace"}).encode()).decode()


def faulty(claims: dict[str, Any], key: str) -> dict[str, str]:
    """Signed with the true key, as a token of another time or purpose would be."""

    def but(change: Callable[[dict[str, Any]], object]) -> str:
        changed = dict(claims)
        change(changed)
        return jwt.encode(changed, key, algorithm="HS256")

    return {
        "expired": but(lambda c: c.update(exp=c["exp"] - 7200)),
        "no expiry": but(lambda c: c.pop("exp")),
        "for another service": but(lambda c: c.update(aud="shop.example")),
        "from another issuer": but(lambda c: c.update(iss="evil.example")),
        "for nobody": but(lambda c: c.pop("sub")),
    }
