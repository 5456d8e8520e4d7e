# expect: After your tests I found 2 row(s) in the table `nests`
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


@pytest.fixture
async def session(engine):
    async with AsyncSession(engine) as session:
        yield session


@pytest.mark.parametrize("tree", ["oak", "elm"])
async def test_nest(client, tree):
    assert (await client.post(f"/nests/{tree}")).status_code == 201
    assert (await client.post(f"/nests/{tree}")).status_code == 409
    assert tree in (await client.get("/nests")).json()
