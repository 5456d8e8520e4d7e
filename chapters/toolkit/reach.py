"""Whether a server that the environment names answers, and lets us in.

Try: REDIS_URL=redis://127.0.0.1:6379 python -m chapters.toolkit doctor
"""

import contextlib
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 5.0  # seconds

# What the servers say when user, password or key is wrong: SQLSTATE, MongoDB's
# codes, S3's codes, and the words of Redis.
REFUSED = {"28P01", "28000", "13", "18"}
REFUSED |= {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


class Refused(Exception):
    """The server answers, and does not let us in."""


def place(url: str) -> tuple[str, int] | None:
    """Host and port; None where a URL names several hosts, a file, or no port."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url if "://" in url else f"//{url}")
        if parts.hostname and parts.port:
            return parts.hostname, parts.port
    return None


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a service, and what to do about it."""

    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.text}. {self.remedy}"


def trouble(name: str, given: Mapping[str, str]) -> Wrong | None:
    """What is wrong with the service that `given` names; None if it is well.

    Never says a password: only the server's own words and codes are repeated.
    """
    variable, url = next(iter(given.items()))
    if (where := place(url)) is None:
        return None
    at, other = (
        f"{where[0]}:{where[1]}",
        f"or unset {variable} to use the embedded one.",
    )
    try:
        socket.create_connection(where, timeout=PATIENCE).close()
    except OSError as error:
        why = error.strerror or error
        text = f"{variable} is set, but nothing answers at {at} ({why})"
        return Wrong(text, f"Start it, {other}")
    try:
        ASK[name](given)
    except Refused:
        names = SECRETS.get(name, f"user or password of {variable}")
        return Wrong(f"the server at {at} refuses the {names}", f"Correct it, {other}")
    except Exception as error:
        said = (str(error).strip().splitlines() or [""])[0][:200]
        text = f"the server at {at} answers, but not as it should"
        text += f" ({type(error).__name__}: {said})"
        return Wrong(text, f"Correct {variable}, {other}")
    return None


SECRETS = {"s3": "keys S3_ACCESS_KEY and S3_SECRET_KEY"}


def _redis(given: Mapping[str, str]) -> None:
    import redis

    waits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    try:
        with redis.Redis.from_url(given["REDIS_URL"], **waits) as client:
            client.ping()
    except redis.exceptions.AuthenticationError:
        raise Refused from None


def _mongodb(given: Mapping[str, str]) -> None:
    import pymongo

    wait = int(PATIENCE * 1000)
    url = given["MONGODB_URL"]
    try:
        with pymongo.MongoClient[dict[str, Any]](
            url, serverSelectionTimeoutMS=wait
        ) as client:
            client.get_default_database(default="test").list_collection_names()
    except pymongo.errors.OperationFailure as error:
        _refuse(str(error.code))
        raise


def _postgres(given: Mapping[str, str]) -> None:
    import psycopg

    scheme, _, rest = given["DATABASE_URL"].partition("://")
    if not scheme.startswith("postgres"):
        return
    try:
        psycopg.connect(f"postgresql://{rest}", connect_timeout=int(PATIENCE)).close()
    except psycopg.OperationalError as error:
        # Before there is a connection, psycopg has the message and not the code.
        words = ("password authentication failed", "no password supplied", "role ")
        if any(one in str(error) for one in words):
            raise Refused from None
        raise


def _s3(given: Mapping[str, str]) -> None:
    import urllib3
    from minio import Minio
    from minio.error import S3Error

    parts = urlsplit(given["S3_ENDPOINT"])
    if not parts.scheme.startswith("http"):
        parts = urlsplit(f"http://{given['S3_ENDPOINT']}")
    client = Minio(
        endpoint=parts.netloc,
        access_key=given.get("S3_ACCESS_KEY"),
        secret_key=given.get("S3_SECRET_KEY"),
        secure=parts.scheme == "https",
        region="us-east-1",
        http_client=urllib3.PoolManager(timeout=PATIENCE, retries=False),
    )
    bucket = given.get("S3_BUCKET")
    try:
        # A list says what is wrong; the HEAD of `bucket_exists` has no words.
        known = {one.name for one in client.list_buckets() or []}
    except S3Error as error:
        _refuse(str(error.code))
        raise
    if bucket and bucket not in known:
        raise LookupError(f"it has no bucket {bucket!r}, which S3_BUCKET names")


def _refuse(code: str) -> None:
    if code in REFUSED:
        raise Refused from None


ASK: dict[str, Callable[[Mapping[str, str]], None]] = {
    "redis": _redis,
    "mongodb": _mongodb,
    "postgres": _postgres,
    "s3": _s3,
}

# The two that only the container has; chapter 15 looks for them.
PAGES = {"PROMETHEUS_URL": "/-/healthy", "GRAFANA_URL": "/api/health"}


def pages() -> dict[str, str]:
    """Those of the two that the environment names: variable, and what is wrong."""
    found = {}
    for variable, path in PAGES.items():
        if url := os.environ.get(variable):
            found[variable] = _page(url.rstrip("/") + path)
    return found


def _page(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE):
            return ""
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return f"{url} does not answer ({reason})"
