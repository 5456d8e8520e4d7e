"""Where frames wait for the model: in a queue, in a slot that is taken, or not at all.

Try: frames = Latest(); frames.put(b"old"); frames.put(b"new"); await frames.get()
"""

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Unbounded(Generic[T]):
    """Everything is kept, and answered in turn: later and later."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[T] = asyncio.Queue()
        self.dropped = 0

    def put(self, frame: T) -> None:
        self.queue.put_nowait(frame)

    async def get(self) -> T:
        return await self.queue.get()


class DropNewest(Generic[T]):
    """One frame may wait; who comes while it does is dropped."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[T] = asyncio.Queue(1)
        self.dropped = 0

    def put(self, frame: T) -> None:
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.dropped += 1

    async def get(self) -> T:
        return await self.queue.get()


class Latest(Generic[T]):
    """One frame may wait; a newer one takes its place."""

    def __init__(self) -> None:
        self.waiting: list[T] = []
        self.arrival = asyncio.Event()
        self.dropped = 0

    def put(self, frame: T) -> None:
        self.dropped += len(self.waiting)
        self.waiting = [frame]
        self.arrival.set()

    async def arrived(self) -> None:
        """Until there is a frame: no need to take it yet, a newer one may come."""
        await self.arrival.wait()

    def take(self) -> T:
        self.arrival.clear()
        return self.waiting.pop()

    async def get(self) -> T:
        await self.arrived()
        return self.take()
