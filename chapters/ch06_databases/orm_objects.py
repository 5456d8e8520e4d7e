"""The ORM: a class is a table, an object a row, and the session knows what changed.

Try: asyncio.run(diary("sqlite+aiosqlite://")), which tells when SQL is sent
"""

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Exactly one in a project: it collects the tables in Base.metadata."""


class Station(Base):
    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    habitat: Mapped[str | None]  # the only column that may be NULL


def listen(engine: AsyncEngine, said: list[str]) -> None:
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        said.append(statement.split(maxsplit=1)[0])


async def diary(url: str) -> list[str]:
    """What we do, in small letters, and what the database hears, in capitals."""
    said: list[str] = []
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    listen(engine, said)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with sessions() as session:
        station = Station(code="HP1", habitat="pond")
        session.add(station)
        said.append("added")
        await session.commit()
        said.append(f"committed, its id is {station.id}")
        station.habitat = "lake"
        said.append("changed")
        await session.commit()
        said.append("committed again")
        session.add(Station(code="PR2"))
        await session.flush()
        said.append("flushed, then the session was closed")
    async with sessions() as session:
        codes = (await session.scalars(select(Station.code))).all()
        said.append(f"a new session finds {', '.join(codes)}")
    await engine.dispose()
    return said
