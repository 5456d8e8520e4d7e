import asyncio
from collections.abc import Awaitable, Callable


async def collect(
    codes: list[str],
    ask: Callable[[str], Awaitable[str]],
    develop: Callable[[str], str],
) -> list[str]:
    async def one(code: str) -> str:
        film = await ask(code)
        return await asyncio.to_thread(develop, film)

    return await asyncio.gather(*(one(code) for code in codes))
