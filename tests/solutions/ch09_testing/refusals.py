import httpx
import pytest

pytestmark = pytest.mark.anyio

ADA = {"name": "Ada", "since": 2019}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"since": 2019}, "name"),
        ({"name": "Ada"}, "since"),
        ({**ADA, "name": ""}, "name"),
        ({**ADA, "since": "spring"}, "since"),
        ({**ADA, "since": -1}, "since"),
    ],
)
async def test_a_refusal_says_where(
    client: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    reply = await client.post("/observers", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body", field]


async def test_ada_is_welcome(client: httpx.AsyncClient) -> None:
    reply = await client.post("/observers", json=ADA)
    assert reply.status_code == 201
