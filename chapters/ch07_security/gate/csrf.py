"""Refuse what another site makes a browser send: origin first, then double submit.

Pure ASGI, so that a WebSocket and a stream pass untouched.
"""

import hmac
from secrets import compare_digest, token_urlsafe

from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chapters.ch07_security.gate.signed_in import COOKIE

CSRF_COOKIE, CSRF_HEADER = "__Host-csrf", "X-CSRF-Token"
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def sign(key: bytes, session: str, nonce: str) -> str:
    return hmac.new(key, f"{nonce}!{session}".encode(), "sha256").hexdigest()


def make_token(key: bytes, session: str) -> str:
    """Good for this session only: a token of the attacker's own is of no use."""
    nonce = token_urlsafe(16)
    return f"{nonce}.{sign(key, session, nonce)}"


def same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


def is_ours(key: bytes, session: str, token: str) -> bool:
    nonce, _, signature = token.partition(".")
    return same(signature, sign(key, session, nonce))


def is_trusted(connection: HTTPConnection, trusted: frozenset[str]) -> bool:
    """Does the page that sends this come from us, or from a front end of ours?"""
    scheme = {"ws": "http", "wss": "https"}.get(
        connection.url.scheme, connection.url.scheme
    )
    own = f"{scheme}://{connection.headers.get('host')}"
    return connection.headers.get("origin") in {own, *trusted}


class CSRFMiddleware:
    def __init__(self, app: ASGIApp, key: bytes, trusted: frozenset[str]) -> None:
        self.app, self.key, self.trusted = app, key, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        changes = scope["type"] == "http" and scope["method"] not in SAFE
        if changes and (reason := self.refusal(HTTPConnection(scope))):
            app = JSONResponse({"detail": reason}, 403)
        await app(scope, receive, send)

    def refusal(self, request: HTTPConnection) -> str:
        if "origin" in request.headers and not is_trusted(request, self.trusted):
            return "This origin may not change anything here."
        session = request.cookies.get(COOKIE)
        if session is None:  # nothing was sent that the sender did not mean to send
            return ""
        in_cookie = request.cookies.get(CSRF_COOKIE, "")
        in_header = request.headers.get(CSRF_HEADER, "")
        if same(in_cookie, in_header) and is_ours(self.key, session, in_header):
            return ""
        return f"The header {CSRF_HEADER} does not match the cookie."
