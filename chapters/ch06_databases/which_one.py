"""The same two thousand sightings as rows and as documents: what each one reads.

Try: asyncio.run(plan_of_rows(with_index=True))
"""

from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from chapters.ch06_databases.documents.database import Collection

STATIONS, EACH = 20, 100
Rows = list[dict[str, Any]]


def sightings() -> Rows:
    """An otter is seen once in fifty times."""
    return [
        {
            "station": f"Station {number % STATIONS}",
            "species": "otter" if number % 50 == 0 else "newt",
        }
        for number in range(STATIONS * EACH)
    ]


def fill_tables(connection: Connection) -> None:
    """The station's name stands in one place; a sighting refers to it."""
    for table in (
        "stations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
        "sightings (species TEXT, station_id INT REFERENCES stations (id))",
    ):
        connection.execute(text(f"CREATE TABLE {table}"))
    names = [{"name": f"Station {number}"} for number in range(STATIONS)]
    connection.execute(text("INSERT INTO stations (name) VALUES (:name)"), names)
    refer = "SELECT :species, id FROM stations WHERE name = :station"
    connection.execute(text(f"INSERT INTO sightings {refer}"), sightings())


OTTERS = """SELECT stations.name FROM sightings
            JOIN stations ON stations.id = station_id WHERE species = 'otter'"""


def rows() -> dict[str, Any]:
    """The plan for the otters without an index and with one; what a new name costs."""
    engine = create_engine("sqlite://")
    explain = text(f"EXPLAIN QUERY PLAN {OTTERS}")
    rename = text("UPDATE stations SET name = 'Heron Pond' WHERE name = 'Station 0'")
    with engine.begin() as connection:
        fill_tables(connection)
        found = len(connection.execute(text(OTTERS)).all())
        without = [row.detail for row in connection.execute(explain)]
        connection.execute(text("CREATE INDEX by_species ON sightings (species)"))
        plan = [row.detail for row in connection.execute(explain)]
        changed = connection.execute(rename).rowcount
    engine.dispose()
    return {"found": found, "without": without, "with": plan, "renamed": changed}


async def documents(collection: Collection) -> dict[str, Any]:
    """The same questions of documents, each of which repeats its station's name."""
    await collection.insert_many(sightings())
    otters = collection.find({"species": "otter"})
    found = len(await otters.to_list())
    without = await plan(collection)
    await collection.create_index("species")
    rename = {"$set": {"station": "Heron Pond"}}
    indexed = await plan(collection)
    changed = await collection.update_many({"station": "Station 0"}, rename)
    return {
        "found": found,
        "without": without,
        "with": indexed,
        "renamed": changed.modified_count,
    }


async def plan(collection: Collection) -> list[str]:
    """The stages, the last one first, and how many documents were read."""
    explained = await collection.find({"species": "otter"}).explain()
    winner, stages = explained["queryPlanner"]["winningPlan"], []
    stage = winner.get("queryPlan", winner)  # one level deeper in some versions
    while stage:
        stages.append(stage["stage"])
        stage = stage.get("inputStage")
    read = explained["executionStats"]["totalDocsExamined"]
    return [*stages, f"{read} documents read"]
