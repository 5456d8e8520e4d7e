# expect: tally 2 stood at 1
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch06_databases.lost_updates import Tally


async def add_one(session: AsyncSession, number: int) -> None:
    await session.execute(update(Tally).values(count=Tally.count + 1))
    await session.commit()
