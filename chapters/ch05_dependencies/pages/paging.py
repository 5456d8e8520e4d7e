"""The dependencies of both ways to page: a database, an offset or a cursor, a cap.

Try: open /pages/docs and read the parameters of each route
"""

import sqlite3
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from chapters.ch05_dependencies.pages.cursor import Place, unseal
from chapters.ch05_dependencies.pages.store import Sighting


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OBSERVATORY_")

    most: int = 50
    cursor_key: str = "for the course only"


class OffsetPage(BaseModel):
    items: list[Sighting]
    total: int
    offset: int
    limit: int


class CursorPage(BaseModel):
    items: list[Sighting]
    next: str | None


@dataclass(frozen=True)
class Offset:
    offset: int
    limit: int


def get_database(request: Request) -> sqlite3.Connection:
    database: sqlite3.Connection = request.app.state.database
    return database


def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Configured = Annotated[Settings, Depends(get_settings)]


async def read_limit(
    settings: Configured, limit: Annotated[int, Query(ge=1)] = 10
) -> int:
    return min(settings.most, limit)


Limit = Annotated[int, Depends(read_limit)]
LARGEST = 2**63 - 1  # what SQLite can count to
Number = Annotated[int, Path(ge=1, le=LARGEST)]


async def read_offset(
    limit: Limit, offset: Annotated[int, Query(ge=0, le=LARGEST)] = 0
) -> Offset:
    return Offset(offset, limit)


async def read_place(settings: Configured, cursor: str | None = None) -> Place | None:
    if cursor is None:
        return None
    try:
        return unseal(cursor, settings.cursor_key)
    except ValueError:
        told = "This cursor is not one of ours. Start again without a cursor."
        raise HTTPException(400, told) from None


Database = Annotated[sqlite3.Connection, Depends(get_database)]
ByOffset = Annotated[Offset, Depends(read_offset)]
After = Annotated[Place | None, Depends(read_place)]
