from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

pytestmark = pytest.mark.anyio


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    async with engine.connect() as connection:
        transaction = await connection.begin()
        mode = "create_savepoint"
        async with AsyncSession(connection, join_transaction_mode=mode) as session:
            yield session
        await transaction.rollback()


async def test_a_tree_has_one_nest(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nests")).json() == []
    assert (await client.post("/nests/oak")).status_code == 201
    assert (await client.post("/nests/oak")).status_code == 409
    assert (await client.get("/nests")).json() == ["oak"]


async def test_a_nest_is_removed_once(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nests")).json() == []
    await client.post("/nests/oak")
    assert (await client.delete("/nests/oak")).status_code == 204
    assert (await client.get("/nests")).json() == []
    assert (await client.delete("/nests/oak")).status_code == 404
