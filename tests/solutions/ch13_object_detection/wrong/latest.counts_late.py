# expect: each as soon as it is
import asyncio


class Latest:
    def __init__(self):
        self.q = []
        self.e = asyncio.Event()
        self.dropped = 0

    def put(self, x):
        self.q.append(x)
        self.e.set()

    async def get(self):
        await self.e.wait()
        self.e.clear()
        self.dropped = len(self.q) - 1
        r = self.q[-1]
        self.q.clear()
        return r
