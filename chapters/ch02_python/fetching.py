"""The same requests one by one, gathered, and in threads.

Try in `python -m asyncio`, with the server up: await gathered(connect(url), PATH)
"""

import asyncio

import httpx

PATH = "/sightings?delay=0.05"


def connect(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False)  # no proxy to ourselves


def connect_blocking(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, trust_env=False)


async def one_by_one(client: httpx.AsyncClient, path: str, times: int = 8) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


async def gathered(client: httpx.AsyncClient, path: str, times: int = 8) -> list[int]:
    replies = await asyncio.gather(*(client.get(path) for _ in range(times)))
    return [reply.status_code for reply in replies]


async def threaded(client: httpx.Client, path: str, times: int = 8) -> list[int]:
    """For libraries that only block: a thread for each."""
    replies = await asyncio.gather(
        *(asyncio.to_thread(client.get, path) for _ in range(times))
    )
    return [reply.status_code for reply in replies]
