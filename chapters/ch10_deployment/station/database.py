"""The engine, a session for each request, and whether the database can serve.

Try: await schema_version(connect("sqlite+aiosqlite://")), which is None
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from alembic.runtime.migration import MigrationContext
from fastapi import Depends, Request
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine


def connect(url: str, seconds: int = 3) -> AsyncEngine:
    """No connection is opened here; each one that is may take `seconds`."""
    if url.startswith("sqlite"):
        return create_async_engine(url, connect_args={"timeout": seconds})
    # A connection that died meanwhile is replaced before a request gets it.
    settings: dict[str, Any] = {"connect_timeout": seconds}
    return create_async_engine(url, pool_pre_ping=True, connect_args=settings)


def version_in(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def schema_version(engine: AsyncEngine) -> str | None:
    """The migration that the database has reached; None for an empty one."""
    async with engine.connect() as connection:
        return await connection.run_sync(version_in)


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(request.app.state.engine, expire_on_commit=False) as one:
        yield one


Session = Annotated[AsyncSession, Depends(get_session)]
