"""A migration that fails between two steps: what is left behind, on which database?

Try: left_behind("sqlite:///station.db"), on a database that is at s2
"""

from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import DBAPIError

from chapters.ch10_deployment.station import migrate
from chapters.ch10_deployment.station.database import version_in

BROKEN = Path(__file__).parent / "broken"


def attempt(url: str) -> str:
    """Upgrade with one migration too many; what the database says of it."""
    try:
        migrate.upgrade(url, BROKEN)
    except DBAPIError as error:
        return str(error.orig).partition("\n")[0]
    return "no error"


def left_behind(url: str) -> dict[str, str | None]:
    """Fail twice: what the first failure left, and what the second one said."""
    first = attempt(url)
    engine = create_engine(make_url(url.replace("+aiosqlite", "")))
    with engine.connect() as connection:
        version = version_in(connection)
        columns = {one["name"] for one in inspect(connection).get_columns("sightings")}
    engine.dispose()
    half = "added, and still there" if "note" in columns else "not there"
    return {
        "the first time": first,
        "version": version,
        "the column": half,
        "the second time": attempt(url),
    }
