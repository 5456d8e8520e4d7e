"""Who is in which room, in all processes: names in Redis that must be renewed.

A process that dies renews nothing, so its listeners fade away by themselves.
"""

from uuid import uuid4

from redis.asyncio import Redis

from chapters.ch08_websockets.radio.hub import Hub, Listener
from chapters.ch08_websockets.radio.settings import Settings


class Presence:
    def __init__(self, redis: Redis, settings: Settings, hub: Hub) -> None:
        self.redis, self.hub = redis, hub
        self.prefix = f"{settings.namespace}:present:"
        self.lifetime = settings.lifetime
        self.process = uuid4().hex

    def member(self, listener: Listener) -> str:
        return f"{self.process}-{id(listener)} {listener.name}"

    async def renew(self, room: str) -> list[str]:
        """Renew our own names, forget those that nobody renews; who is left."""
        key = f"{self.prefix}{room}"
        seconds, microseconds = await self.redis.time()  # one clock for all hosts
        now = seconds + microseconds / 1e6
        ours = [self.member(listener) for listener in self.hub.rooms.get(room, ())]
        async with self.redis.pipeline() as pipe:
            if ours:
                pipe.zadd(key, dict.fromkeys(ours, now + self.lifetime))
            pipe.zremrangebyscore(key, "-inf", now)
            pipe.expire(key, int(self.lifetime) + 1)
            pipe.zrange(key, 0, -1)
            *_, members = await pipe.execute()
        return sorted({member.partition(" ")[2] for member in members})

    async def forget(self, listener: Listener) -> None:
        key = f"{self.prefix}{listener.room}"
        await self.redis.zrem(key, self.member(listener))
