"""What workers change of a plate: each by one UPDATE whose WHERE says when it may."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Update, and_, func, literal, or_, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from chapters.ch14_text_to_image.studio.claims import Claim, DeadLetter, Occupied
from chapters.ch14_text_to_image.studio.database import patiently
from chapters.ch14_text_to_image.studio.models import FINAL, Plate, State, now
from chapters.ch14_text_to_image.studio.painter import Facts, Order
from chapters.ch14_text_to_image.studio.settings import Settings

Result = TypeVar("Result")


class Jobs:
    def __init__(self, engine: AsyncEngine, settings: Settings, worker: str) -> None:
        self.engine, self.settings, self.worker = engine, settings, worker

    async def _change(
        self, work: Callable[[AsyncSession], Awaitable[Result]]
    ) -> Result:
        async def once() -> Result:
            async with AsyncSession(self.engine, expire_on_commit=False) as session:
                result = await work(session)
                await session.commit()
                return result

        return await patiently(self.settings.database_patience, once)

    async def _update(self, where: ColumnElement[bool], **values: Any) -> bool:
        async def work(session: AsyncSession) -> bool:
            change = update(Plate).where(where).values(values)
            changed = await session.scalars(change.returning(Plate.id))
            return changed.first() is not None

        return await self._change(work)

    def _lease(self) -> datetime:
        return now() + timedelta(seconds=self.settings.lease_seconds)

    def _take(self, plate_id: uuid.UUID, at: datetime) -> Update:
        """Only if nobody has it, or who had it fell silent, and not once too often."""
        ended = and_(Plate.state == State.RUNNING, Plate.lease_until < at)
        free = or_(Plate.state == State.QUEUED, ended)
        tries = Plate.attempts < self.settings.attempts
        first = func.coalesce(Plate.started_at, literal(at, Plate.started_at.type))
        return (
            update(Plate)
            .where(Plate.id == plate_id, free, tries)
            .values(state=State.RUNNING, worker=self.worker, progress=0)
            .values(lease_until=self._lease(), attempts=Plate.attempts + 1)
            .values(started_at=first)
        )

    async def claim(self, plate_id: uuid.UUID, facts: Facts) -> Claim | Occupied | None:
        """The job, if it is free. None: there is nothing to do. Raises DeadLetter."""
        at = now()
        take = self._take(plate_id, at).values(model=facts.model, rung=facts.rung)

        async def work(session: AsyncSession) -> Plate | None:
            return await session.scalar(take.returning(Plate))

        plate = await self._change(work)
        if plate is None:
            return await self._why_not(plate_id, at)
        order = Order(plate.prompt, plate.negative_prompt, plate.steps, plate.seed)
        return Claim(plate_id, self.worker, plate.attempts, order)

    async def _why_not(self, plate_id: uuid.UUID, at: datetime) -> Occupied | None:
        plate = await self.plate(plate_id)
        if plate is None or plate.state in FINAL:
            return None
        if plate.lease_until and plate.lease_until >= at:
            return Occupied((plate.lease_until - at).total_seconds())
        reason = f"Its worker ended while it worked on this, {plate.attempts} times."
        spent = and_(Plate.attempts >= self.settings.attempts, Plate.lease_until < at)
        lost = and_(Plate.id == plate_id, Plate.state == State.RUNNING, spent)
        if await self._end(lost, State.FAILED, reason=reason):
            raise DeadLetter(reason)
        return Occupied(0)  # it has changed between our two looks: look again

    async def plate(self, plate_id: uuid.UUID) -> Plate | None:
        return await self._change(lambda session: session.get(Plate, plate_id))

    async def beat(self, claim: Claim, progress: int) -> bool:
        """I am alive, and so far. False: the job is no longer mine, so stop."""
        lease = self._lease()
        return await self._update(claim.holds(), progress=progress, lease_until=lease)

    async def finish(self, claim: Claim) -> bool:
        """After the picture is stored. 100 is said here, and nowhere else."""
        return await self._end(claim.holds(), State.DONE, progress=100, reason=None)

    async def fail(self, claim: Claim, reason: str, *, hopeless: bool = False) -> bool:
        """True: that was the last attempt. Otherwise it may be tried again."""
        if hopeless or claim.attempt >= self.settings.attempts:
            await self._end(claim.holds(), State.FAILED, reason=reason)
            return True
        await self._open(claim, reason=reason)
        return False

    async def give_back(self, claim: Claim) -> None:
        """I have to leave; it was not the job's fault, so no attempt is counted."""
        await self._open(claim, attempts=claim.attempt - 1)

    async def _open(self, claim: Claim, **values: Any) -> None:
        free = {"state": State.QUEUED, "lease_until": None, "progress": 0}
        await self._update(claim.holds(), **free, **values)

    async def _end(
        self, where: ColumnElement[bool], state: State, **values: Any
    ) -> bool:
        ended = {"state": state, "lease_until": None, "finished_at": now()}
        return await self._update(where, **ended, **values)
