"""One plate from claim to stored picture, and everything that may come between.

The model works in a thread of its own; the event loop reports, and keeps the lease.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from io import BytesIO

from sqlalchemy.ext.asyncio import AsyncEngine

from chapters.ch14_text_to_image.studio.claims import Claim, DeadLetter, Occupied
from chapters.ch14_text_to_image.studio.database import AWAY
from chapters.ch14_text_to_image.studio.jobs import Jobs
from chapters.ch14_text_to_image.studio.models import State, object_name
from chapters.ch14_text_to_image.studio.painter import Painter
from chapters.ch14_text_to_image.studio.settings import Settings
from chapters.ch14_text_to_image.studio.storage import Storage
from chapters.ch14_text_to_image.studio.strokes import Abandoned, Strokes
from chapters.ch14_text_to_image.text_to_image import Hopeless

log = logging.getLogger("studio.easel")


class Easel:
    def __init__(
        self, engine: AsyncEngine, settings: Settings, painter: Painter, worker: str
    ) -> None:
        self.jobs = Jobs(engine, settings, worker)
        # The next report comes soon: for none of them anybody waits a minute.
        hasty = settings.model_copy(update={"database_patience": 0})
        self.reports = Jobs(engine, hasty, worker)
        self.settings, self.painter = settings, painter
        self.storage = Storage(settings)
        self.hand = ThreadPoolExecutor(1)  # a pipeline is not thread-safe

    async def draw(self, plate_id: uuid.UUID) -> float | None:
        """Draw it if it is ours to draw. Seconds: somebody is at it, ask again then."""
        claim = await self.jobs.claim(plate_id, self.painter.facts)
        if isinstance(claim, Occupied):
            return claim.seconds + 0.5
        if claim is not None:
            await self.work(claim)
        return None

    async def work(self, claim: Claim) -> None:
        try:
            # Ours, not Dramatiq's time limit: so we know why we were interrupted.
            async with asyncio.timeout(self.settings.job_seconds):
                await self.paint_and_store(claim)
        except Abandoned:
            log.info("abandoned %s", claim.plate_id)
        except asyncio.CancelledError:  # this worker was asked to leave
            await self.jobs.give_back(claim)
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            hopeless = isinstance(error, Hopeless)
            if await self.jobs.fail(claim, reason, hopeless=hopeless):
                raise DeadLetter(reason) from error
            raise
        else:
            log.info("done %s", claim.plate_id)

    async def paint_and_store(self, claim: Claim) -> None:
        loop, strokes, file = asyncio.get_running_loop(), Strokes(), BytesIO()
        async with self.reported(claim, strokes):
            picture = await loop.run_in_executor(
                self.hand, self.painter.paint, claim.order, strokes.step
            )
            picture.save(file, "PNG")
            await self.storage.put(object_name(claim.plate_id), file.getvalue())
        if not await self.jobs.finish(claim):
            await self.tidy(claim.plate_id)
            raise Abandoned

    async def tidy(self, plate_id: uuid.UUID) -> None:
        """Nobody wants the picture any more, unless another worker draws it too."""
        plate = await self.jobs.plate(plate_id)
        if plate is None or plate.state is State.CANCELLED:
            await self.storage.remove(object_name(plate_id))

    @asynccontextmanager
    async def reported(self, claim: Claim, strokes: Strokes) -> AsyncIterator[None]:
        """While the block runs, the database hears of it; a lost lease stops it."""
        over = asyncio.Event()
        reporting = asyncio.create_task(self.report(claim, strokes, over))
        try:
            yield
        finally:
            strokes.stop.set()
            over.set()
            # Not cancelled: a transaction that is cut off stays open, and locks SQLite.
            await asyncio.wait([reporting])

    async def report(self, claim: Claim, strokes: Strokes, over: asyncio.Event) -> None:
        while not strokes.stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self.settings.beat_seconds):
                    await over.wait()
                    return
            try:
                if not await self.reports.beat(claim, strokes.percent):
                    strokes.stop.set()
            except AWAY as error:  # draw on: `finish` will see whose it is
                log.warning("no report of %s: %s", claim.plate_id, error)
