"""No order is lost while the broker is away: a message is stored, then sent, then gone.

Sent twice is possible, lost is not; that is why a job may arrive twice unharmed.
"""

import asyncio
import logging
import uuid
from datetime import timedelta

import redis
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from chapters.ch14_text_to_image.studio.database import AWAY
from chapters.ch14_text_to_image.studio.models import Outgoing, Plate, State, now
from chapters.ch14_text_to_image.studio.queue import send
from chapters.ch14_text_to_image.studio.settings import Settings

log = logging.getLogger("studio.outbox")


def handed_over(queue: RedisBroker, plate_id: uuid.UUID) -> bool:
    try:
        send(queue, plate_id)
    except redis.RedisError as error:
        log.warning("the broker is away, the message waits: %s", error)
        return False
    return True


class Outbox:
    def __init__(
        self, engine: AsyncEngine, queue: RedisBroker, settings: Settings
    ) -> None:
        self.engine, self.queue, self.settings = engine, queue, settings

    async def send(self, plate_id: uuid.UUID) -> bool:
        """Hand the message to the broker, and forget it. False: the broker is away."""
        if not await asyncio.to_thread(handed_over, self.queue, plate_id):
            return False
        async with AsyncSession(self.engine) as session:
            sent = update(Plate).where(Plate.id == plate_id).values(sent_at=now())
            await session.execute(sent)
            await session.execute(delete(Outgoing).where(Outgoing.plate_id == plate_id))
            await session.commit()
        return True

    async def relay(self) -> None:
        """For ever: send what has been waiting, and what seems to be lost."""
        while True:
            await asyncio.sleep(self.settings.relay_seconds)
            try:
                await self.revive()
                await self.send_waiting()
            except AWAY as error:
                log.warning("the outbox cannot be read: %s", error)

    async def send_waiting(self) -> None:
        # Who has just ordered sends the message; we take what nobody has taken.
        age = now() - timedelta(seconds=self.settings.relay_seconds)
        waiting = select(Outgoing.plate_id).where(Outgoing.created_at < age)
        async with AsyncSession(self.engine) as session:
            oldest = await session.scalars(waiting.order_by(Outgoing.created_at))
            plates = oldest.all()
        for plate_id in plates:
            if not await self.send(plate_id):
                return  # nobody answers: the others need not be tried

    async def revive(self) -> None:
        """A broker may forget all it had, but the database knows what is not done."""
        age = now() - timedelta(seconds=self.settings.lost_seconds)
        idle = or_(Plate.state == State.QUEUED, Plate.lease_until < age)
        waiting = select(Outgoing.plate_id)
        lost = select(Plate.id, Plate.created_at).where(
            Plate.state.in_((State.QUEUED, State.RUNNING)),
            idle,
            Plate.sent_at < age,
            Plate.id.not_in(waiting),
        )
        async with AsyncSession(self.engine) as session:
            again = insert(Outgoing).from_select(["plate_id", "created_at"], lost)
            await session.execute(again)
            await session.commit()
