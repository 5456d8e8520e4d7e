"""The job before a release: wait for the database, then migrate it, one at a time.

Run: python -m station.migrate   (or with words for Alembic: `... check`)
"""

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from .database import version_in
from .models import Base
from .settings import read_settings

HERE = Path(__file__).parent
LOCK = 10_2026  # any number that nobody else locks in this database


def script(connection: Connection | None = None, *more: Path) -> Config:
    """Alembic's settings, without an ini file: our connection, our metadata."""
    config = Config(attributes={"connection": connection, "metadata": Base.metadata})
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    places = [HERE / "migrations" / "versions", *more]
    config.set_main_option("version_locations", "\n".join(map(str, places)))
    return config


def newest() -> str | None:
    """The version that this release of the code needs."""
    return ScriptDirectory.from_config(script()).get_current_head()


def waited_for(engine: Engine, seconds: float) -> Connection:
    """A connection, as soon as there is one: after no fixed time."""
    end = time.monotonic() + seconds
    while True:
        try:
            return engine.connect()
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextmanager
def locked(url: str, seconds: float = 30) -> Iterator[Connection]:
    """A connection that migrates alone: a second job waits here for the first."""
    # No pool: at the end the connection is closed, and the lock with it.
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with waited_for(engine, seconds) as connection:
        if engine.dialect.name == "postgresql":
            # Nor does any later statement wait longer than that for another's lock.
            connection.execute(text(f"SET lock_timeout = {int(seconds * 1000)}"))
            connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
            connection.commit()  # the lock belongs to the connection, and stays
        yield connection


def upgrade(url: str, *more: Path) -> tuple[str | None, str | None]:
    """Migrate to the newest version; the version before and the one after."""
    with locked(url) as connection:
        before = version_in(connection)
        connection.rollback()
        command.upgrade(script(connection, *more), "head")
        connection.commit()
        return before, version_in(connection)


def main(words: Sequence[str]) -> None:
    logging.basicConfig(format="%(levelname)s %(message)s", level="WARNING")
    url = read_settings().database_url.get_secret_value()
    if not words:
        before, after = upgrade(url)
        told = f"migrated from {before or 'nothing'} to {after}"
        print(f"nothing to do at {after}" if before == after else told)
        return
    with locked(url) as connection:
        getattr(command, words[0])(script(connection), *words[1:])
        connection.commit()


if __name__ == "__main__":
    main(sys.argv[1:])
