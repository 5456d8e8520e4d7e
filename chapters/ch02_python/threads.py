"""A function that blocks stops the whole loop; `to_thread` gives it its own thread.

Try in `python -m asyncio`: await develop_all(["a", "b"], in_threads=True)
"""

import asyncio
import time

Span = tuple[str, float, float]


def develop(name: str, seconds: float) -> Span:
    """Old code that knows nothing of asyncio: it blocks."""
    start = time.perf_counter()
    time.sleep(seconds)
    return name, start, time.perf_counter()


async def develop_all(
    names: list[str], seconds: float = 0.02, in_threads: bool = True
) -> list[Span]:
    """When each photo began and ended, in seconds."""

    async def one(name: str) -> Span:
        if in_threads:
            return await asyncio.to_thread(develop, name, seconds)
        return develop(name, seconds)

    return await asyncio.gather(*(one(name) for name in names))


def overlap(spans: list[Span]) -> bool:
    """Did all of them run at some one moment?"""
    return max(start for _, start, _ in spans) < min(end for *_, end in spans)
