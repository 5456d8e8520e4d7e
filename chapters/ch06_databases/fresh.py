"""An empty database beside whatever a server keeps already, and away with it after.

Try: async with fresh_database(url) as own: ..., for postgresql:// or mongodb://
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from pymongo import AsyncMongoClient
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine


@asynccontextmanager
async def fresh_database(url: str) -> AsyncIterator[str]:
    """PostgreSQL: a URL, MongoDB: a name, of a database that nobody else uses."""
    name = f"lesson_{uuid4().hex[:12]}"
    own = mongodb if url.startswith("mongodb") else postgresql
    async with own(url, name) as place:
        yield place


@asynccontextmanager
async def mongodb(url: str, name: str) -> AsyncIterator[str]:
    async with AsyncMongoClient[dict[str, object]](url) as client:
        try:
            yield name  # nothing to create: the first write does
        finally:
            await client.drop_database(name)


@asynccontextmanager
async def postgresql(url: str, name: str) -> AsyncIterator[str]:
    # CREATE DATABASE may not stand in a transaction.
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    own = make_url(url).set(database=name)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
            yield own.render_as_string(hide_password=False)
    finally:
        async with engine.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        await engine.dispose()
