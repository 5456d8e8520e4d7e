# expect: each to have its own frame and count
import asyncio


class Latest:
    dropped = 0

    def __init__(self):
        self.there = asyncio.Event()

    def put(self, frame):
        Latest.dropped += self.there.is_set()
        Latest.frame = frame
        self.there.set()

    async def get(self):
        await self.there.wait()
        self.there.clear()
        return Latest.frame
