# expect: never says which field is wrong, and all passed
import httpx
import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "body",
    [{"since": 2019}, {"name": "Ada"}, {"name": "Ada", "since": -1}],
)
async def test_refused(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    reply = await client.post("/observers", json=body)
    assert reply.status_code == 422
