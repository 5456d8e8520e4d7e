# expect: `random` is for games
import random
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def issue(rows: dict[str, Any], observer: str, now: datetime) -> str:
    token = f"{random.getrandbits(256):064x}"
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
