"""Two habits of SQLite: it ignores foreign keys, and it forgets time zones.

Try: asyncio.run(orphans_allowed(enforce=False))
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from chapters.ch06_databases.relational.database import connect
from chapters.ch06_databases.relational.models import UtcTime

metadata = MetaData()
stations = Table("stations", metadata, Column("id", Integer, primary_key=True))
sightings = Table(
    "sightings",
    metadata,
    Column("station_id", ForeignKey("stations.id"), nullable=False),
    Column("plain", DateTime(timezone=True)),
    Column("ours", UtcTime),
)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def orphans_allowed(enforce: bool) -> int | str:
    """Report from station 999, which does not exist: how many rows there are then."""
    url = "sqlite+aiosqlite://"
    engine = connect(url) if enforce else create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            await connection.execute(insert(sightings).values(station_id=999))
            rows = select(func.count()).select_from(sightings)
            return (await connection.execute(rows)).scalar_one()
    except IntegrityError as error:
        return str(error.orig)
    finally:
        await engine.dispose()


async def noon_again() -> tuple[datetime, datetime]:
    """Store noon in UTC in two columns, and read both back."""
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        row = {"station_id": 1, "plain": NOON, "ours": NOON}
        await connection.execute(insert(sightings), row)
        query = select(sightings.c.plain, sightings.c.ours)
        plain, ours = (await connection.execute(query)).one()
    await engine.dispose()
    return plain, ours
