"""Values for labels, of which there are few: each new one is a time series for ever."""

from collections.abc import Collection

from starlette.types import Scope

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def bounded(value: str, known: Collection[str], other: str = "other") -> str:
    return value if value in known else other


def method(scope: Scope) -> str:
    """A visitor may invent a method; the label does not follow."""
    return bounded(scope["method"], METHODS)


def route(scope: Scope) -> str:
    """`/plates/{plate_id}`, however many plates there are; `none` for a 404."""
    return str(getattr(scope.get("route"), "path", "none"))
