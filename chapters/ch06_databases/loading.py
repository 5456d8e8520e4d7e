"""A page of stations with their sightings, loaded in five ways; the SQL is counted.

Run: fastapi dev chapters/ch06_databases/loading.py, then /lazy, and read X-Queries
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Response
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import joinedload, raiseload, selectinload

from chapters.ch06_databases.loading_models import Base, Station, StationRead, sample

engine = create_async_engine("sqlite+aiosqlite://")
heard: list[str] = []  # what the database was asked
PAGE = select(Station).order_by(Station.id).limit(20)


@event.listens_for(engine.sync_engine, "before_cursor_execute")
def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
    heard.append(statement)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all(sample(stations=200, each=5))
        await session.commit()
    yield
    await engine.dispose()


async def get_session(response: Response) -> AsyncIterator[AsyncSession]:
    heard.clear()
    async with AsyncSession(engine) as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
Stations = Sequence[Station]
app = FastAPI(lifespan=lifespan)


async def lazy(session: AsyncSession) -> Stations:
    """One query for the page, and one for each station on it: N + 1."""
    stations = (await session.scalars(PAGE)).all()
    for station in stations:
        await station.awaitable_attrs.sightings
    return stations


async def selectin(session: AsyncSession) -> Stations:
    """One for the page, one for the sightings of all of its stations."""
    return (await session.scalars(PAGE.options(selectinload(Station.sightings)))).all()


async def joined(session: AsyncSession) -> Stations:
    """One, in which each station comes once for each of its sightings."""
    found = await session.scalars(PAGE.options(joinedload(Station.sightings)))
    return found.unique().all()


@app.get("/lazy")
async def read_lazy(session: Session, response: Response) -> list[StationRead]:
    return answer(await lazy(session), response)


@app.get("/selectin")
async def read_selectin(session: Session, response: Response) -> list[StationRead]:
    return answer(await selectin(session), response)


@app.get("/joined")
async def read_joined(session: Session, response: Response) -> list[StationRead]:
    return answer(await joined(session), response)


def answer(stations: Stations, response: Response) -> list[StationRead]:
    response.headers["X-Queries"] = str(len(heard))
    return [StationRead.model_validate(station) for station in stations]


@app.get("/forgotten", response_model=list[StationRead])
async def read_forgotten(session: Session) -> Stations:
    """Nothing is loaded with the stations, and the answer wants it: MissingGreenlet."""
    return (await session.scalars(PAGE)).all()


@app.get("/guarded", response_model=list[StationRead])
async def read_guarded(session: Session) -> Stations:
    """The same mistake with a guard rail: the error names the relationship."""
    return (await session.scalars(PAGE.options(raiseload(Station.sightings)))).all()
