# expect: answers `204` to a removal and keeps the nest, and all passed
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


@pytest.fixture
async def session(engine):
    async with engine.connect() as connection:
        transaction = await connection.begin()
        async with AsyncSession(
            connection, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await transaction.rollback()


async def test_nests(client):
    assert (await client.post("/nests/oak")).status_code == 201
    assert (await client.post("/nests/oak")).status_code == 409
    assert (await client.delete("/nests/oak")).status_code == 204
    assert (await client.delete("/nests/elm")).status_code == 404
