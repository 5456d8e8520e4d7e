# expect: I held back every answer until all four stations had been asked
import asyncio
from collections.abc import Awaitable, Callable


async def collect(
    codes: list[str],
    ask: Callable[[str], Awaitable[str]],
    develop: Callable[[str], str],
) -> list[str]:
    photos = []
    for code in codes:
        film = await ask(code)
        photos.append(await asyncio.to_thread(develop, film))
    return photos
