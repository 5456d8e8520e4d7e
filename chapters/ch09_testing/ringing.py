"""Rings in a database: the app commits, and that is what tests must undo.

Try: fastapi dev ringing.py
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, status
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

URL = os.environ.get("RINGING_URL", "sqlite+aiosqlite://")


class Base(DeclarativeBase):
    pass


class RingRow(Base):
    __tablename__ = "rings"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    species: Mapped[str]


class Ring(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    species: str


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    app.state.sessions = async_sessionmaker(engine)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


@app.get("/rings")
async def list_rings(session: Session) -> list[Ring]:
    rows = await session.scalars(select(RingRow).order_by(RingRow.code))
    return [Ring.model_validate(row) for row in rows]


@app.post("/rings", status_code=status.HTTP_201_CREATED)
async def add_ring(ring: Ring, session: Session) -> Ring:
    session.add(RingRow(**ring.model_dump()))
    try:
        await session.commit()
    except IntegrityError:
        await session.rollback()
        raise HTTPException(status.HTTP_409_CONFLICT, "This ring is taken.") from None
    return ring
