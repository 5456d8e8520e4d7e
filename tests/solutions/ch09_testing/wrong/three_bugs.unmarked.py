# expect: requested an async fixture 'client', with no plugin
import httpx


async def test_counts(client: httpx.AsyncClient) -> None:
    reply = await client.get("/counts", params={"station": "HP1"})
    assert reply.json() == []
