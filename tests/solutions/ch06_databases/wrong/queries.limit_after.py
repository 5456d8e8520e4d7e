# expect: Expected the stations ST1 to ST20 in this order
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch06_databases.loading_models import Sighting, Station


async def page(session: AsyncSession, limit: int) -> Sequence[Station]:
    query = select(Station).join(Sighting).order_by(Station.id).limit(limit)
    return (await session.scalars(query)).all()
