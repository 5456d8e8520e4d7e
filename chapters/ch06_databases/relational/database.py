"""The engine, a session for each request, and what may go wrong between them.

Try: connect("sqlite+aiosqlite://"), which opens nothing until it is asked
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm.exc import StaleDataError

AWAY = "The database does not answer at the moment. Nothing was stored; try again."
GONE = "This was deleted while you changed it."


def connect(url: str, busy_seconds: float = 5) -> AsyncEngine:
    if not url.startswith("sqlite"):
        # A connection that the server has dropped is replaced before it is used.
        settings: dict[str, Any] = {"connect_timeout": 3}
        return create_async_engine(url, pool_pre_ping=True, connect_args=settings)
    engine = create_async_engine(url, connect_args={"timeout": busy_seconds})
    event.listen(engine.sync_engine, "connect", enforce_foreign_keys)
    return engine


def enforce_foreign_keys(connection: Any, _record: object) -> None:
    """SQLite has foreign keys, and ignores them until each connection asks."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    # expire_on_commit=False: the answer is built after the commit, without SQL.
    engine: AsyncEngine = request.app.state.engine
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


@asynccontextmanager
async def saving(session: AsyncSession, conflict: str) -> AsyncIterator[None]:
    """Commit at the end; if a constraint says no, store nothing and answer 409."""
    try:
        yield
        await session.commit()
    except IntegrityError:
        await session.rollback()
        raise HTTPException(409, conflict) from None
    except StaleDataError:  # our UPDATE found no row: somebody deleted it meanwhile
        await session.rollback()
        raise HTTPException(409, GONE) from None


def is_away(error: Exception) -> bool:
    """Locked, stopped or out of reach: it may work later. A missing table may not."""
    cause = getattr(error, "orig", None)
    name = getattr(cause, "sqlite_errorname", "SQLITE_BUSY")
    return str(name).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


async def answer_503(_request: Request, error: Exception) -> JSONResponse:
    if not is_away(error):
        raise error
    return JSONResponse({"detail": AWAY}, 503, headers={"Retry-After": "1"})


UNAVAILABLE = {OperationalError: answer_503, TimeoutError: answer_503}
