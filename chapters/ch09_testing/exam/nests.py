"""For ch09.empty-table: nests in a database. Try: fastapi dev nests.py"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine("sqlite+aiosqlite://")


class Base(DeclarativeBase):
    pass


class Nest(Base):
    __tablename__ = "nests"

    id: Mapped[int] = mapped_column(primary_key=True)
    tree: Mapped[str]


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]

app = FastAPI()


@app.get("/nests")
async def list_nests(session: Session) -> list[str]:
    return list(await session.scalars(select(Nest.tree).order_by(Nest.tree)))


@app.post("/nests/{tree}", status_code=status.HTTP_201_CREATED)
async def add_nest(tree: str, session: Session) -> None:
    if await session.scalar(select(Nest).where(Nest.tree == tree)):
        raise HTTPException(status.HTTP_409_CONFLICT, "This tree has a nest.")
    session.add(Nest(tree=tree))
    await session.commit()


@app.delete("/nests/{tree}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_nest(tree: str, session: Session) -> None:
    nest = await session.scalar(select(Nest).where(Nest.tree == tree))
    if nest is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "This tree has none.")
    await session.delete(nest)
    await session.commit()
