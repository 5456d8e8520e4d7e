"""One engine for the life of the app, one session for each request.

Try: async with open_database("sqlite+aiosqlite:///gate.db") as sessions: ...
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from chapters.ch07_security.gate.models import Base

Sessions = async_sessionmaker[AsyncSession]


def keep_references(connection: Any, _: object) -> None:
    # SQLite declares foreign keys and ignores them, unless each connection asks.
    connection.execute("PRAGMA foreign_keys = ON")


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Sessions]:
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", keep_references)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()
