"""One model, many who ask: one at a time, in a thread, in the order of asking.

Try: async with turns.turn(): answer = await turns.run(work)
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


class Turns:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()  # who waits for it is served first come first
        # A client who leaves frees its turn, but a thread cannot be stopped: with one
        # thread in the pool, the next work begins when the abandoned one is over.
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="model")
        self.waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        self.waiting += 1
        try:
            await self.lock.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.lock.release()

    async def run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)
