"""What Alembic runs for every command: which tables are meant, on which database.

Try: DATABASE_URL=sqlite+aiosqlite:///new.db alembic upgrade head
"""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from chapters.ch06_databases.relational.models import Base, UtcTime
from chapters.ch06_databases.relational.settings import Settings

URL = Settings().database_url
DIALECT = make_url(URL).get_backend_name()


def render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a plain type into scripts: they must run when our class has changed."""
    if kind == "type" and isinstance(thing, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection | None = None) -> None:
    context.configure(
        connection=connection,
        dialect_name=DIALECT,
        target_metadata=Base.metadata,
        render_item=render,
        # SQLite can change little of a table: make a new one and move the rows.
        render_as_batch=True,
        transactional_ddl=True,
        literal_binds=connection is None,
    )
    with context.begin_transaction():
        context.run_migrations()


def do_not_begin(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


async def migrate_database() -> None:
    engine = create_async_engine(URL)
    if DIALECT == "sqlite":
        # Its driver begins too late: a migration that fails would stay half done.
        event.listen(engine.sync_engine, "connect", do_not_begin)
        event.listen(engine.sync_engine, "begin", begin)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
            await connection.commit()
    finally:
        await engine.dispose()


if context.is_offline_mode():  # --sql: write the statements, run none of them
    migrate()
else:
    asyncio.run(migrate_database())
