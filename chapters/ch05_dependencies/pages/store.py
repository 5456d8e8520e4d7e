"""The sightings, in SQLite: newest first, ties broken by their number.

Try: python -i -m chapters.ch05_dependencies.pages.store
"""

import sqlite3
from dataclasses import dataclass

COLUMNS = "id, species, seen_at"
NEWEST_FIRST = "ORDER BY seen_at DESC, id DESC"


@dataclass(frozen=True)
class Sighting:
    id: int
    species: str
    seen_at: int  # a day's number, so many rows share one


def connect() -> sqlite3.Connection:
    # Served by one thread: the routes are async, and a page takes microseconds.
    db = sqlite3.connect(":memory:", check_same_thread=False)
    # AUTOINCREMENT: the number of a withdrawn sighting is never given again.
    number = "id INTEGER PRIMARY KEY AUTOINCREMENT"
    db.execute(f"CREATE TABLE sightings ({number}, species TEXT, seen_at INT)")
    db.execute("CREATE INDEX newest ON sightings (seen_at, id)")
    return db


def add(db: sqlite3.Connection, species: str, seen_at: int) -> Sighting:
    insert = "INSERT INTO sightings (species, seen_at) VALUES (?, ?)"
    number = db.execute(insert, (species, seen_at)).lastrowid
    assert number is not None
    return Sighting(number, species, seen_at)


def remove(db: sqlite3.Connection, number: int) -> bool:
    return bool(db.execute("DELETE FROM sightings WHERE id = ?", (number,)).rowcount)


def count(db: sqlite3.Connection) -> int:
    (total,) = db.execute("SELECT count(*) FROM sightings").fetchone()
    return int(total)


def skip(db: sqlite3.Connection, offset: int, limit: int) -> list[Sighting]:
    """Walk over `offset` rows, throw them away, take the next ones."""
    query = f"SELECT {COLUMNS} FROM sightings {NEWEST_FIRST} LIMIT ? OFFSET ?"
    return [Sighting(*row) for row in db.execute(query, (limit, offset))]


def after(
    db: sqlite3.Connection, last: tuple[int, int] | None, limit: int
) -> list[Sighting]:
    """Go straight to the row behind `last`, a (seen_at, id); None is the top."""
    where = "WHERE (seen_at, id) < (?, ?)" if last else ""
    query = f"SELECT {COLUMNS} FROM sightings {where} {NEWEST_FIRST} LIMIT ?"
    return [Sighting(*row) for row in db.execute(query, (*(last or ()), limit))]
