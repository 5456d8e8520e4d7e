"""Which workers are up, and what they say of their models. A dead one falls silent."""

import asyncio
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from chapters.ch14_text_to_image.studio.database import AWAY, log
from chapters.ch14_text_to_image.studio.models import Worker, now
from chapters.ch14_text_to_image.studio.painter import Facts

PERIOD = 2.0  # seconds between two signs of life
SILENT = 3 * PERIOD


async def enter(engine: AsyncEngine, name: str, facts: Facts) -> None:
    async with AsyncSession(engine) as session:
        about = {"model": facts.model, "rung": facts.rung, "device": facts.device}
        words = facts.words
        worker = Worker(name=name, **about, steps=facts.steps, words=words)
        await session.merge(worker)
        await session.commit()


async def stay(engine: AsyncEngine, name: str) -> None:
    """For ever: say that this worker is there."""
    while True:
        await asyncio.sleep(PERIOD)
        # Asked to leave, it ends; a transaction that is cut off would lock SQLite.
        await asyncio.shield(show_up(engine, name))


async def show_up(engine: AsyncEngine, name: str) -> None:
    try:
        async with AsyncSession(engine) as session:
            mine = update(Worker).where(Worker.name == name)
            await session.execute(mine.values(seen_at=now()))
            await session.commit()
    except AWAY as error:
        log.warning("the roster cannot be written: %s", error)


async def leave(engine: AsyncEngine, name: str) -> None:
    async with AsyncSession(engine) as session:
        await session.execute(delete(Worker).where(Worker.name == name))
        await session.commit()


async def present(session: AsyncSession) -> list[Worker]:
    """Those that have been heard of lately, the newest first."""
    heard = Worker.seen_at > now() - timedelta(seconds=SILENT)
    found = await session.scalars(
        select(Worker).where(heard).order_by(Worker.ready_at.desc())
    )
    return list(found)
