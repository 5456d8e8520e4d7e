"""Between the processes: publish to all, and a listener that is looked after.

Try: relay.listening.is_set() is what the health page asks.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from chapters.ch08_websockets.radio.settings import Settings

log = logging.getLogger("uvicorn.error.radio")


class Away(Exception):
    """Redis does not answer, or nobody is subscribed: nothing was delivered."""


def connect(settings: Settings) -> Redis:
    """A client that tells of each failure at once: we do the waiting ourselves."""
    return Redis.from_url(
        settings.redis_url,
        decode_responses=True,
        socket_timeout=settings.patience,
        socket_connect_timeout=settings.patience,
        retry=Retry(NoBackoff(), 0),
        # With them on, redis-py hands out connections that Redis has closed.
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )


def waits(first: float = 0.1, longest: float = 2.0) -> Iterator[float]:
    """Twice as long each time; not all processes at the same moment."""
    while True:
        yield first * random.uniform(0.5, 1)
        first = min(2 * first, longest)


class Relay:
    def __init__(
        self,
        redis: Redis,
        settings: Settings,
        heard: Callable[[str, str], None],
        changed: Callable[[bool], None],
    ) -> None:
        self.redis, self.heard, self.changed = redis, heard, changed
        self.prefix = f"{settings.namespace}:room:"
        self.patience = settings.patience
        self.listening = asyncio.Event()
        self.pauses = waits()

    async def publish(self, room: str, text: str) -> None:
        if not self.listening.is_set():
            raise Away
        receivers = 0
        with suppress(RedisError, OSError):
            receivers = await self.redis.publish(f"{self.prefix}{room}", text)
        if not receivers:
            raise Away

    async def run(self) -> None:
        """Listen for ever: whatever ends a round, another one begins."""
        while True:
            try:
                async with self.redis.pubsub() as pubsub:
                    await pubsub.psubscribe(f"{self.prefix}*")
                    await self._listen(pubsub)
            except Exception as error:
                log.warning("The relay is away: %r", error)
            self._turn(on=False)
            await asyncio.sleep(next(self.pauses))

    async def _listen(self, pubsub: PubSub) -> None:
        while True:
            message = await self._next(pubsub)
            if message["type"] == "psubscribe":
                # Only now: what Redis has not confirmed, it does not deliver.
                self.pauses = waits()
                self._turn(on=True)
            elif message["type"] == "pmessage":
                room = message["channel"].removeprefix(self.prefix)
                self.heard(room, message["data"])
                # A burst is read without a pause: let the senders have their turn.
                await asyncio.sleep(0)

    async def _next(self, pubsub: PubSub) -> dict[str, str]:
        """The next message. Silence is no error, unless a ping meets it, too.

        A ping gives nothing here: its answer is the next message.
        """
        for _ in range(3):
            wait = pubsub.get_message(timeout=self.patience)
            message: Any = await wait or await pubsub.ping()
            if message:
                return dict(message)
        raise TimeoutError("no answer to a ping")

    def _turn(self, *, on: bool) -> None:
        if on != self.listening.is_set():
            (self.listening.set if on else self.listening.clear)()
            self.changed(on)
