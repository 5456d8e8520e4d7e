"""The worker: dramatiq -p 1 -t 1 chapters.ch14_text_to_image.studio.worker:queue

One process and one thread: a pipeline draws one picture at a time, and each process
has its own copy of the model. More workers, on more machines, are the way to grow.
"""

import asyncio
import logging
import os
import socket
import sys
import uuid
from typing import Any

import dramatiq
from dramatiq.asyncio import async_to_sync, get_event_loop_thread

from chapters.ch14_text_to_image.studio import roster
from chapters.ch14_text_to_image.studio.claims import DeadLetter
from chapters.ch14_text_to_image.studio.database import connect, prepare
from chapters.ch14_text_to_image.studio.easel import Easel
from chapters.ch14_text_to_image.studio.painter import painter
from chapters.ch14_text_to_image.studio.queue import ACTOR, QUEUE, broker, send
from chapters.ch14_text_to_image.studio.settings import Settings

settings = Settings()
queue = broker(settings)
log = logging.getLogger("studio.worker")


class Boot(dramatiq.Middleware):
    """The model is loaded when a worker's process starts: not at import, not later."""

    easel: Easel

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        try:
            model = painter(settings)
            model.load()
        except Exception as error:  # Dramatiq would log it, and work on without
            # Not by sys.stderr: Dramatiq reads that, and stops before it has read all.
            print(f"no model: {error}", file=sys.__stderr__, flush=True)
            raise SystemExit(1) from error
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:4]}"
        self.engine = connect(settings)
        self.easel = Easel(self.engine, settings, model, self.name)

    def before_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        # Each has an environment variable too; set here, nobody can forget it.
        worker.worker_timeout = int(1000 * settings.poll_seconds)
        # A job that waits in one worker's pocket is not drawn by its idle neighbour.
        worker.queue_prefetch = settings.prefetch or worker.queue_prefetch
        async_to_sync(prepare)(self.engine)

    def after_worker_boot(self, broker: dramatiq.Broker, worker: Any) -> None:
        facts = self.easel.painter.facts
        async_to_sync(roster.enter)(self.engine, self.name, facts)
        thread = get_event_loop_thread()
        assert thread is not None
        staying = roster.stay(self.engine, self.name)
        self.staying = asyncio.run_coroutine_threadsafe(staying, thread.loop)
        log.info("%s is ready: %s, %s", self.name, facts.model, facts.rung)

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: Any) -> None:
        self.staying.cancel()
        async_to_sync(roster.leave)(self.engine, self.name)


boot = Boot()
queue.add_middleware(boot)


# Async, on the one loop of the AsyncIO middleware: its database connections stay open
# from step to step and from job to job. asyncio.run() would make all of it anew.
@dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=queue, throws=(DeadLetter,))
async def draw(plate_id: str) -> None:
    again = await boot.easel.draw(uuid.UUID(plate_id))
    if again is not None:  # a copy of a message whose job runs, or has just died
        await asyncio.to_thread(send, queue, uuid.UUID(plate_id), delay=again)
