# expect: Expected a plain function
import asyncio


class Latest:
    def __init__(self):
        self.queue = asyncio.Queue(1)
        self.dropped = 0

    async def put(self, frame):
        await self.queue.put(frame)

    async def get(self):
        return await self.queue.get()
