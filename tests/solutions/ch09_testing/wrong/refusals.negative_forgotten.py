# expect: takes any number for `since`, even -1, and all passed
import httpx
import pytest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("since", [None, "spring", "absent"])
async def test_refused(client: httpx.AsyncClient, since: str | None) -> None:
    body = {"name": "Ada"} | ({} if since == "absent" else {"since": since})
    reply = await client.post("/observers", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body", "since"]
