"""SQLAlchemy Core: a table, rows and queries as Python values; no objects yet.

Try: python -i -m chapters.ch06_databases.core_tables, then heard(engine, "newt")
"""

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    func,
    insert,
    select,
    update,
)

metadata = MetaData()
sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("species", String(40), nullable=False),
    Column("count", Integer, nullable=False),
)
ROWS = [
    {"species": "otter", "count": 2},
    {"species": "grey heron", "count": 1},
    {"species": "otter", "count": 3},
]


def open_notebook(url: str = "sqlite://") -> Engine:
    """Three sightings in a database: by default one in memory."""
    engine = create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:  # commits at the end, or rolls back
        connection.execute(insert(sightings), ROWS)
    return engine


def heard(engine: Engine, species: str) -> int:
    """`==` on a column builds SQL; the name travels beside it, never inside."""
    query = select(func.sum(sightings.c.count)).where(sightings.c.species == species)
    with engine.connect() as connection:
        return connection.scalar(query) or 0


def correct(engine: Engine, changes: dict[int, int | None]) -> None:
    """Change several counts in one transaction: all of them, or none."""
    with engine.begin() as connection:
        for number, count in changes.items():
            change = update(sightings).where(sightings.c.id == number)
            connection.execute(change.values(count=count))


if __name__ == "__main__":
    engine = open_notebook()
    print("OTTERS:", heard(engine, "otter"))
