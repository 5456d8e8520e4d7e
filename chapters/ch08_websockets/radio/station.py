"""One process of the radio: its listeners, its relay, and who is present.

Try: async with Station(Settings()).on_air() as station: ...
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from redis.exceptions import RedisError

from chapters.ch08_websockets.radio.hub import Hub, Listener
from chapters.ch08_websockets.radio.presence import Presence
from chapters.ch08_websockets.radio.relay import Away, Relay, connect
from chapters.ch08_websockets.radio.schemas import Present, RelayState
from chapters.ch08_websockets.radio.settings import Settings

log = logging.getLogger("uvicorn.error.radio")

MOVED = "moved"  # what is published when somebody has come or gone


class Station:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.hub = Hub()
        self.redis = connect(settings)
        self.relay = Relay(self.redis, settings, self.heard, self.changed)
        self.presence = Presence(self.redis, settings, self.hub)
        self.known: dict[str, list[str]] = {}  # the names last told, by room
        self.look = asyncio.Event()

    @asynccontextmanager
    async def on_air(self) -> AsyncIterator[Self]:
        tasks = [
            asyncio.create_task(self.relay.run()),
            asyncio.create_task(self.watch_presence()),
        ]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self.redis.aclose()

    def heard(self, room: str, text: str) -> None:
        """Called by the relay, so it must not wait for anybody."""
        if text == MOVED:
            self.look.set()
        else:
            self.hub.deliver(room, text)

    def changed(self, on: bool) -> None:
        self.hub.announce(self.state(on).model_dump_json())

    def state(self, on: bool) -> RelayState:
        return RelayState(state="on" if on else "away")

    async def enter(self, listener: Listener) -> None:
        self.hub.join(listener)
        self.known.pop(listener.room, None)  # so that the newcomer is told, too
        await self.tell_moved(listener.room)

    async def leave(self, listener: Listener) -> None:
        self.hub.leave(listener)
        with suppress(RedisError, OSError):  # or the name fades away by itself
            await self.presence.forget(listener)
        await self.tell_moved(listener.room)

    async def tell_moved(self, room: str) -> None:
        self.look.set()
        with suppress(Away):
            await self.relay.publish(room, MOVED)

    async def watch_presence(self) -> None:
        while True:
            self.look.clear()
            for room in list(self.hub.rooms):
                try:
                    self.tell_present(room, await self.presence.renew(room))
                except Exception as error:
                    log.warning("Nobody knows who is present: %r", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.look.wait(), self.settings.beat)

    def tell_present(self, room: str, names: list[str]) -> None:
        if names != self.known.get(room):
            self.known[room] = names
            self.hub.deliver(room, Present(names=names).model_dump_json())
