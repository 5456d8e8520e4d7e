"""The common way to write a PATCH, and what an explicit null does to it: a 500.

Run: fastapi dev chapters/ch06_databases/patch_null.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Station(Base):
    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # not `str | None`: the column is NOT NULL


class Change(BaseModel):
    name: str | None = None  # meant as "may be left out"; says "may be null"


engine = create_async_engine("sqlite+aiosqlite://")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add(Station(id=1, name="Heron Pond"))
        await session.commit()
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.patch("/stations/1")
async def change_station(change: Change) -> str:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        station = await session.get_one(Station, 1)
        for field, value in change.model_dump(exclude_unset=True).items():
            setattr(station, field, value)
        await session.commit()
        return station.name
