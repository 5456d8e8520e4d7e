# expect: called by sixteen writers
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch06_databases.lost_updates import Tally


async def add_one(session: AsyncSession, number: int) -> None:
    tally = await session.get_one(Tally, number)
    tally.count += 1
    await session.commit()
