# expect: it is the newest: the older ones have been overtaken
import asyncio


class Latest:
    def __init__(self):
        self.queue = asyncio.Queue(1)
        self.dropped = 0

    def put(self, frame):
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.dropped += 1

    async def get(self):
        return await self.queue.get()
