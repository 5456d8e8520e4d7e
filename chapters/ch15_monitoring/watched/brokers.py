"""An application's brokers get our middleware, wherever the application keeps them."""

from collections.abc import Iterator, Mapping
from typing import Any

import dramatiq
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chapters.ch15_monitoring.watched.jobs import JobLog
from chapters.ch15_monitoring.watched.queues import QueueLengths
from chapters.ch15_monitoring.watched.tracing import Traced


def kept_in(state: Mapping[str, Any]) -> Iterator[dramatiq.Broker]:
    """Brokers that a lifespan has yielded, by themselves or inside of something."""
    for value in state.values():
        inside = vars(value).values() if hasattr(value, "__dict__") else ()
        for one in (value, *inside):
            if isinstance(one, dramatiq.Broker):
                yield one


class Equipped:
    """Brokers are there when the application has started; then we add to them."""

    def __init__(self, app: ASGIApp, queues: QueueLengths) -> None:
        self.app, self.queues = app, queues

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await self.app(scope, receive, send)

        async def started(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                everywhere = dramatiq.broker.global_broker
                self.equip(*kept_in({"": everywhere, **scope.get("state", {})}))
            await send(message)

        await self.app(scope, receive, started)

    def equip(self, *brokers: dramatiq.Broker) -> None:
        for broker in dict.fromkeys(brokers):
            broker.add_middleware(JobLog())
            broker.add_middleware(Traced())
            self.queues.brokers.append(broker)
