# expect: you asked for each of them alone
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch06_databases.loading_models import Station


async def page(session: AsyncSession, limit: int) -> Sequence[Station]:
    query = select(Station).order_by(Station.id).limit(limit)
    stations = (await session.scalars(query)).all()
    for station in stations:
        await station.awaitable_attrs.sightings
    return stations
