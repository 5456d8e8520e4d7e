# expect: found the token itself in `rows`
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any


def digest(token: str) -> str:
    return token


def issue(rows: dict[str, Any], observer: str, now: datetime) -> str:
    token = token_urlsafe(32)
    end = now + timedelta(hours=12)
    rows[digest(token)] = {"observer": observer, "end": end}
    return token


def read(rows: dict[str, Any], token: str, now: datetime) -> str | None:
    row = rows.get(digest(token))
    if row is None or row["end"] <= now:
        return None
    return str(row["observer"])


def revoke(rows: dict[str, Any], token: str) -> None:
    rows.pop(digest(token), None)
