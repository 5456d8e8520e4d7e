"""Who may come in: a warden with a token, from a page of ours.

The token comes in the cookie (browsers) or as `Authorization: Bearer ...` (others).
"""

import time
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import jwt
from fastapi import Cookie, Depends, Header, WebSocketException, status
from fastapi.requests import HTTPConnection

from chapters.ch08_websockets import tokens
from chapters.ch08_websockets.radio.station import Station


def get_station(connection: HTTPConnection) -> Station:
    station: Station = connection.app.state.station
    return station


CurrentStation = Annotated[Station, Depends(get_station)]


@dataclass(frozen=True)
class Pass:
    name: str
    ends: float

    @property
    def seconds(self) -> float:
        return self.ends - time.time()


def read_pass(
    radio_token: Annotated[str | None, Cookie()] = None,
    authorization: Annotated[str | None, Header()] = None,
) -> Pass | None:
    bearer = (authorization or "").removeprefix("Bearer ")
    try:
        return Pass(*tokens.read(bearer or radio_token or ""))
    except jwt.InvalidTokenError:
        return None


AnyPass = Annotated[Pass | None, Depends(read_pass)]


def only_our_pages(
    station: CurrentStation,
    host: Annotated[str, Header()],
    origin: Annotated[str | None, Header()] = None,
) -> None:
    ours = [host, *station.settings.origins]
    if origin is not None and urlsplit(origin).netloc not in ours:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)


def require_pass(known: AnyPass) -> Pass:
    if known is None:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
    return known


Admitted = Annotated[Pass, Depends(require_pass)]
