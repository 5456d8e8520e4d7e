"""The listeners of this process, by room. Nothing here waits for anybody.

Try: hub.deliver("ponds", "text") puts it into the queue of each listener.
"""

import asyncio
from collections import defaultdict


class TooSlow(Exception):
    """This listener does not read what it asked for."""


class Listener:
    def __init__(self, name: str, room: str, size: int) -> None:
        self.name = name
        self.room = room
        self.queue: asyncio.Queue[str] = asyncio.Queue(size)
        self.full = asyncio.Event()

    def hear(self, text: str) -> None:
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self.full.set()

    async def watch(self) -> None:
        await self.full.wait()
        raise TooSlow


class Hub:
    def __init__(self) -> None:
        self.rooms: defaultdict[str, set[Listener]] = defaultdict(set)
        self.dropped = 0

    def join(self, listener: Listener) -> None:
        self.rooms[listener.room].add(listener)

    def leave(self, listener: Listener) -> None:
        self.rooms[listener.room].discard(listener)
        if not self.rooms[listener.room]:
            del self.rooms[listener.room]

    def deliver(self, room: str, text: str) -> None:
        for listener in self.rooms.get(room, ()):
            listener.hear(text)

    def announce(self, text: str) -> None:
        for room in self.rooms:
            self.deliver(room, text)

    def __len__(self) -> int:
        return sum(map(len, self.rooms.values()))
