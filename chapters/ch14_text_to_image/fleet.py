"""Workers as processes of their own, up and ready before anything is measured.

Try: async with fleet(2, env): ...
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from chapters.ch14_text_to_image.studio import roster
from chapters.ch14_text_to_image.studio.database import connect, prepare
from chapters.ch14_text_to_image.studio.settings import ROOT, read

ACTORS = "chapters.ch14_text_to_image.studio.worker:queue"
WORKER = ("dramatiq", "-p", "1", "-t", "1", ACTORS)


class Stoppable(Protocol):
    def stop(self) -> None: ...


Start = Callable[[Mapping[str, str]], Stoppable]


class Plain:
    """A worker and its children, in a process group that ends as a whole."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *WORKER],
            env={**os.environ, **env},
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with suppress(ProcessLookupError):  # whoever of them is still there
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@asynccontextmanager
async def fleet(
    size: int, env: Mapping[str, str], start: Start = Plain
) -> AsyncIterator[AsyncEngine]:
    """The database's engine, once so many workers are on the roster."""
    engine = connect(read(env))
    await prepare(engine)
    workers = [start(env) for _ in range(size)]
    try:
        await on_roster(engine, size)
        yield engine
    finally:
        # In threads: a worker may take a second to leave, and all leave at once.
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in workers))
        await engine.dispose()


async def on_roster(engine: AsyncEngine, size: int, patience: float = 60) -> None:
    """Each has loaded its model and consumes, so that none is late for the start."""
    async with asyncio.timeout(patience):
        while True:
            async with AsyncSession(engine) as session:
                if len(await roster.present(session)) >= size:
                    return
            await asyncio.sleep(0.05)
