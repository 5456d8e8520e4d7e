from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch06_databases.lost_updates import Tally


async def add_one(session: AsyncSession, number: int) -> None:
    statement = update(Tally).where(Tally.id == number).values(count=Tally.count + 1)
    await session.execute(statement)
    await session.commit()
