# expect: and `get` slept on
import asyncio


class Latest:
    def __init__(self):
        self.frames = []
        self.dropped = 0

    def put(self, frame):
        self.dropped += len(self.frames)
        self.frames = [frame]

    async def get(self):
        while not self.frames:
            await asyncio.sleep(3600)
        return self.frames.pop()
