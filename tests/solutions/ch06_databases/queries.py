from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from chapters.ch06_databases.loading_models import Station


async def page(session: AsyncSession, limit: int) -> Sequence[Station]:
    query = select(Station).order_by(Station.id).limit(limit)
    query = query.options(selectinload(Station.sightings))
    return (await session.scalars(query)).all()
