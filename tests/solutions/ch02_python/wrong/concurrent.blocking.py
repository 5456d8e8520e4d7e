# expect: it ran on the event loop's own thread
import asyncio
from collections.abc import Awaitable, Callable


async def collect(
    codes: list[str],
    ask: Callable[[str], Awaitable[str]],
    develop: Callable[[str], str],
) -> list[str]:
    async def one(code: str) -> str:
        return develop(await ask(code))

    return await asyncio.gather(*(one(code) for code in codes))
