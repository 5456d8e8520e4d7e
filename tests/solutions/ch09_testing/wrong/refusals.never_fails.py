# expect: takes 1950 for `since` when it is missing, and all passed
import httpx
import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("body", [{"name": "Ada"}, {"name": "Ada", "since": -1}])
async def test_refused(client: httpx.AsyncClient, body: dict[str, object]) -> None:
    reply = await client.post("/observers", json=body)
    if reply.status_code == 422:
        assert reply.json()["detail"][0]["loc"] == ["body", "since"]
