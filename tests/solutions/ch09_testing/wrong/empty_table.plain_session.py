# expect: the good app
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


@pytest.fixture
async def session(engine):
    async with AsyncSession(engine) as session:
        yield session
        await session.rollback()


async def test_first(client):
    assert (await client.get("/nests")).json() == []
    await client.post("/nests/oak")


async def test_second(client):
    assert (await client.get("/nests")).json() == []
    await client.post("/nests/elm")
