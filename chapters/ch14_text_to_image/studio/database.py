"""The engine for SQLite and PostgreSQL, and what to do when it does not answer.

Try: connect(Settings()), which opens nothing until it is asked
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chapters.ch14_text_to_image.studio.models import Base
from chapters.ch14_text_to_image.studio.settings import Settings

Result = TypeVar("Result")
AWAY = (OperationalError, InterfaceError, TimeoutError)
log = logging.getLogger("studio.database")


def connect(settings: Settings) -> AsyncEngine:
    url = settings.database_url
    if not url.startswith("sqlite"):
        # A connection that the server has dropped is replaced before it is used.
        wait = {"connect_timeout": 3}
        return create_async_engine(url, pool_pre_ping=True, connect_args=wait)
    wait = {"timeout": settings.database_busy_seconds}  # type: ignore[dict-item]
    engine = create_async_engine(url, connect_args=wait)
    event.listen(engine.sync_engine, "connect", trust_the_log)
    return engine


def trust_the_log(connection: Any, _record: object) -> None:
    """With a write-ahead log, a commit need not wait for the disk to be whole."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


async def prepare(engine: AsyncEngine) -> None:
    """Make the tables, however many processes begin at the same moment.

    For lessons; a real project leaves its tables to migrations, chapter 6.
    """
    for last in (False, False, True):
        try:
            async with engine.begin() as connection:
                if engine.dialect.name == "sqlite":  # readers and a writer at once
                    await connection.execute(text("PRAGMA journal_mode=WAL"))
                await connection.run_sync(Base.metadata.create_all)
            return
        except DBAPIError:  # another process has made one between our look and ours
            if last:
                raise
            await asyncio.sleep(0.2)


async def patiently(
    seconds: float, work: Callable[[], Awaitable[Result]], pause: float = 0.1
) -> Result:
    """The result of `work`, tried again while the database is locked or away."""
    end = time.monotonic() + seconds
    while True:
        try:
            return await work()
        except AWAY as error:
            if time.monotonic() + pause > end:
                raise
            log.warning("the database is away, again in %.1f s: %s", pause, error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2)
