"""The request's id travels with the message, and each job leaves one line."""

import time
from typing import Any

import dramatiq
from dramatiq import Broker
from dramatiq import MessageProxy as Message
from loguru import logger

from chapters.ch15_monitoring.watched.request_id import current


class JobLog(dramatiq.Middleware):
    def __init__(self) -> None:
        self.starts: dict[str, float] = {}

    def before_enqueue(self, broker: Broker, message: Any, delay: int | None) -> None:
        """In the API. A retry keeps the id that its message has."""
        message.options.setdefault("request_id", current.get())

    def before_process_message(self, broker: Broker, message: Message) -> None:
        """In the worker's thread, the one that will run the actor."""
        current.set(message.options.get("request_id", "-"))
        self.starts[message.message_id] = time.perf_counter()

    def after_process_message(
        self,
        broker: Broker,
        message: Message,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        spent = time.perf_counter() - self.starts.pop(message.message_id)
        said = logger.bind(ms=round(spent * 1e3, 1), job=message.message_id)
        if exception is None:
            said.info("{} done", message.actor_name)
        else:
            name = type(exception).__name__
            said.opt(exception=exception).error(
                "{} failed: {}", message.actor_name, name
            )
