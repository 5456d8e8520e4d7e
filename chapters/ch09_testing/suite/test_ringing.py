"""Each test in a transaction of its own; at the end it never happened."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from chapters.ch09_testing import ringing

pytestmark = pytest.mark.anyio

HERON = {"code": "KE204", "species": "grey heron"}


def begin(connection: Connection) -> None:
    """Python's sqlite3 would wait with it, and the first savepoint would be final."""
    connection.exec_driver_sql("BEGIN")


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[AsyncEngine]:
    """The tables are made once for all tests of the module."""
    manual = {"isolation_level": None}
    engine = create_async_engine("sqlite+aiosqlite://", connect_args=manual)
    event.listen(engine.sync_engine, "begin", begin)
    async with engine.begin() as connection:
        await connection.run_sync(ringing.Base.metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """What the app calls a commit ends a savepoint inside our transaction."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        mode = "create_savepoint"
        async with AsyncSession(connection, join_transaction_mode=mode) as session:
            yield session
        await transaction.rollback()


@pytest.fixture
def app(session: AsyncSession) -> FastAPI:
    ringing.app.dependency_overrides[ringing.get_session] = lambda: session
    return ringing.app


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_a_ring_is_kept_and_the_table_was_empty(
    client: httpx.AsyncClient, turn: str
) -> None:
    assert (await client.get("/rings")).json() == []
    assert (await client.post("/rings", json=HERON)).status_code == 201
    assert (await client.get("/rings")).json() == [HERON]


async def test_a_ring_is_kept_once(client: httpx.AsyncClient) -> None:
    assert (await client.post("/rings", json=HERON)).status_code == 201
    again = await client.post("/rings", json={**HERON, "species": "otter"})
    assert again.status_code == 409
    # The app rolled back to the savepoint: the first ring is still there.
    assert (await client.get("/rings")).json() == [HERON]


async def test_the_row_is_in_the_database(
    client: httpx.AsyncClient, session: AsyncSession
) -> None:
    await client.post("/rings", json=HERON)
    count = await session.scalar(select(func.count()).select_from(ringing.RingRow))
    assert count == 1


async def test_without_an_override_the_app_uses_its_own_database(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    app.dependency_overrides.clear()
    assert (await client.post("/rings", json=HERON)).status_code == 201
    assert (await client.get("/rings")).json() == [HERON]
