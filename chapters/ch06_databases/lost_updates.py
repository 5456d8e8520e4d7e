"""Many writers, one counter: four ways to add one, and how many get lost.

Try: asyncio.run(lost("read, then write", "sqlite+aiosqlite:///counter.db"))
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

WRITERS, EACH = 16, 3


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Tally(Base):
    __tablename__ = "tallies"


class VersionedTally(Base):
    __tablename__ = "versioned_tallies"

    version: Mapped[int] = mapped_column()
    __mapper_args__: Any = {"version_id_col": version}  # noqa: RUF012


async def read_then_write(session: AsyncSession) -> None:
    tally = await session.get_one(Tally, 1)
    tally.count += 1  # to what was read; others may have written since
    await session.commit()


async def one_statement(session: AsyncSession) -> None:
    await session.execute(update(Tally).values(count=Tally.count + 1))
    await session.commit()


async def versioned(session: AsyncSession) -> None:
    """UPDATE ... WHERE version = the one that was read; no such row: read again."""
    while True:
        tally = await session.get_one(VersionedTally, 1)
        tally.count += 1
        try:
            return await session.commit()
        except StaleDataError:
            await session.rollback()


Way = Callable[[AsyncSession], Awaitable[None]]
WAYS: dict[str, Way] = {
    "read, then write": read_then_write,
    "one statement": one_statement,
    "a version, and again": versioned,
    "BEGIN IMMEDIATE": read_then_write,  # the same, in a transaction that locks
}


async def lost(way: str, url: str) -> int:
    """How many additions are not in the count, though nobody saw an error."""
    engine = create_async_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine.sync_engine, "connect", let_readers_read)
    if way == "BEGIN IMMEDIATE":
        lock_at_begin(engine)
    tally: type[Base] = VersionedTally if WAYS[way] is versioned else Tally
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session, session.begin():
            session.add(tally(id=1))
        async with asyncio.TaskGroup() as tasks:
            for _ in range(WRITERS):
                tasks.create_task(write(WAYS[way], engine))
        async with AsyncSession(engine) as session:
            return WRITERS * EACH - (await session.get_one(tally, 1)).count
    finally:
        await engine.dispose()


async def write(way: Way, engine: AsyncEngine) -> None:
    for _ in range(EACH):
        async with AsyncSession(engine) as session:
            await way(session)


def let_readers_read(connection: Any, _record: object) -> None:
    """Write to a log beside the file: nobody who reads is locked out meanwhile."""
    connection.execute("PRAGMA journal_mode=WAL").close()


def lock_at_begin(engine: AsyncEngine) -> None:
    """Left alone, the driver begins at the first write: after the read."""

    @event.listens_for(engine.sync_engine, "connect")
    def do_not_begin(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
