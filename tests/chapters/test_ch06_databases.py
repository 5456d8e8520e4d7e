"""Chapter 6: both applications on real servers; each claim of the lessons, asked."""

import asyncio
import importlib
import io
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pymongo
import pytest
import sqlalchemy
from alembic.config import CommandLine, Config
from alembic.util import CommandError
from anyio.from_thread import start_blocking_portal
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from chapters.ch06_databases import (
    core_tables,
    loading_sync,
    lost_updates,
    migrating,
    orm_objects,
    pictures,
    sqlite_habits,
    which_one,
)
from chapters.ch06_databases.documents import app as documents
from chapters.ch06_databases.documents.boxes import change_box
from chapters.ch06_databases.documents.changes import next_changes
from chapters.ch06_databases.documents.driver import Client, connect, settled
from chapters.ch06_databases.documents.models import NestBoxChange
from chapters.ch06_databases.fresh import fresh_database
from chapters.ch06_databases.relational import app as relational
from chapters.ch06_databases.relational import database
from chapters.ch06_databases.relational.models import Base, Sighting, Station
from chapters.toolkit import check, launch, services
from chapters.toolkit.processes import Process, free_ports
from chapters.toolkit.services import KINDS, Recipe, ServiceError, Services, _prepare
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch06_databases"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
RELATIONAL = "chapters.ch06_databases.relational.app"
DOCUMENTS = "chapters.ch06_databases.documents.app"

POND = {"code": "HP1", "name": "Heron Pond", "habitat": "pond"}
OTTER = {
    "species": "otter",
    "count": 2,
    "observer": "Ada",
    "seen_at": "2026-05-01T06:30:00+02:00",
}
NOBODY = "0" * 24


@contextmanager
def own_database(url: str) -> Iterator[str]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(fresh_database(url)) as own,
    ):
        yield own


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    try:
        running = services("postgres")
    except ServiceError as error:
        pytest.skip(str(error))
    with running:
        yield running["postgres"].url


@pytest.fixture(scope="module")
def mongodb() -> Iterator[Services]:
    with services("mongodb") as running:
        yield running


# === tables ===================================================================


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same tests on both databases, each time in an empty one."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("tables") / "observatory.db"
        yield f"sqlite+aiosqlite:///{file}"
    else:
        with own_database(request.getfixturevalue("postgres")) as own:
            yield own


@pytest.fixture(scope="module")
def tables(url: str) -> Iterator[Process]:
    with launch(RELATIONAL, name="tables", env={"DATABASE_URL": url}) as process:
        yield process


@pytest.fixture
def api(tables: Process) -> Iterator[Process]:
    """Nothing is left in the tables from the test before."""
    for station in tables.get("/stations?limit=100").json():
        assert tables.delete(f"/stations/{station['id']}").status_code == 204
    yield tables


def create(api: Process | TestClient, **changes: object) -> dict[str, Any]:
    reply = api.post("/stations", json=POND | changes)
    assert reply.status_code == 201
    answer: dict[str, Any] = reply.json()
    return answer


def report(
    api: Process | TestClient, station: dict[str, Any], **changes: object
) -> dict[str, Any]:
    path = f"/stations/{station['id']}/sightings"
    reply = api.post(path, json=OTTER | changes)
    assert reply.status_code == 201
    answer: dict[str, Any] = reply.json()
    return answer


def refusals(reply: httpx.Response) -> list[tuple[str, str]]:
    assert reply.status_code == 422
    return [(e["type"], str(e["loc"][-1])) for e in reply.json()["detail"]]


def test_a_station_is_created_read_changed_and_deleted(api: Process) -> None:
    station = create(api)
    path = f"/stations/{station['id']}"
    assert station == {"id": station["id"], **POND, "sightings": []}
    assert api.get(path).json() == station
    changed = api.patch(path, json={"habitat": "lake"})
    assert (changed.status_code, changed.json()) == (200, station | {"habitat": "lake"})
    assert api.patch(path, json={}).json() == changed.json()
    gone = api.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "DELETE", "PATCH"):
        sent: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
        reply = api.request(method, path, **sent)
        said = {"detail": f"No station {station['id']}."}
        assert (reply.status_code, reply.json()) == (404, said)


def test_stations_come_in_pages_of_a_stable_order(api: Process) -> None:
    codes = [create(api, code=f"ST{n}")["code"] for n in range(25)]
    pages = [
        [s["code"] for s in api.get(f"/stations?skip={skip}&limit=10").json()]
        for skip in (0, 10, 20, 30)
    ]
    assert pages == [codes[:10], codes[10:20], codes[20:], []]
    assert len(api.get("/stations").json()) == 10


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("skip=-1", ("greater_than_equal", "skip")),
        ("limit=1000", ("less_than_equal", "limit")),
        ("limit=many", ("int_parsing", "limit")),
        (f"skip={2**63}", ("less_than_equal", "skip")),
    ],
)
def test_a_page_of_nonsense_is_refused(
    api: Process, query: str, error: tuple[str, str]
) -> None:
    assert refusals(api.get(f"/stations?{query}")) == [error]


def test_a_code_that_is_taken_is_a_conflict_and_nothing_is_lost(api: Process) -> None:
    station, other = create(api), create(api, code="PR2")
    said = {"detail": "There is a station HP1 already."}
    again = api.post("/stations", json=POND | {"name": "Another"})
    assert (again.status_code, again.json()) == (409, said)
    renamed = api.patch(f"/stations/{other['id']}", json={"code": "HP1", "name": "X"})
    assert (renamed.status_code, renamed.json()) == (409, said)
    assert api.get("/stations").json() == [station, other]


def test_of_many_at_once_one_gets_the_code(api: Process) -> None:
    with ThreadPoolExecutor(8) as pool:
        post = partial(httpx.post, f"{api.url}/stations", json=POND, timeout=30)
        replies = list(pool.map(lambda _: post().status_code, range(16)))
    assert sorted(replies) == [201] + [409] * 15
    assert len(api.get("/stations").json()) == 1


@pytest.mark.parametrize("field", ["code", "name", "habitat"])
def test_an_explicit_null_is_refused_and_changes_nothing(
    api: Process, field: str
) -> None:
    station = create(api)
    path = f"/stations/{station['id']}"
    assert refusals(api.patch(path, json={field: None})) == [("string_type", field)]
    assert api.get(path).json() == station


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"code": "pond"}, ("string_pattern_mismatch", "code")),
        ({"name": ""}, ("string_too_short", "name")),
        ({"name": "x" * 81}, ("string_too_long", "name")),
        ({"name": "a\x00b"}, ("string_pattern_mismatch", "name")),
        ({"id": 7}, ("extra_forbidden", "id")),
    ],
)
def test_what_a_column_cannot_hold_is_refused(
    api: Process, sent: dict[str, object], error: tuple[str, str]
) -> None:
    assert refusals(api.post("/stations", json=POND | sent)) == [error]


@pytest.mark.parametrize("number", ["kestrel", "0", str(2**31), str(10**30)])
def test_an_impossible_number_is_refused(api: Process, number: str) -> None:
    assert api.get(f"/stations/{number}").status_code == 422


def test_a_sighting_belongs_to_its_station(api: Process) -> None:
    station = create(api)
    sighting = report(api, station)
    assert sighting["station_id"] == station["id"]
    for one in (
        api.get(f"/stations/{station['id']}").json(),
        api.get("/stations").json()[0],
        api.patch(f"/stations/{station['id']}", json={"name": "Heron Pond"}).json(),
    ):
        assert one == station | {"sightings": [sighting]}
    nowhere = api.post("/stations/999999/sightings", json=OTTER)
    assert nowhere.status_code == 404


def test_a_moment_keeps_its_meaning_in_every_database(api: Process) -> None:
    sighting = report(api, create(api))
    assert sighting["seen_at"] == "2026-05-01T04:30:00Z"
    [stored] = api.get("/sightings").json()
    assert stored == sighting


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"count": 0}, ("greater_than_equal", "count")),
        ({"count": 2**31}, ("less_than_equal", "count")),
        ({"seen_at": "2026-05-01T06:30:00"}, ("timezone_aware", "seen_at")),
        (
            {"seen_at": "0001-01-01T00:00:00+05:00"},
            ("greater_than_equal", "seen_at"),
        ),
        ({"seen_at": "9999-12-31T23:59:59-05:00"}, ("less_than", "seen_at")),
        ({"observer": None}, ("string_type", "observer")),
    ],
)
def test_a_sighting_that_cannot_be_is_refused(
    api: Process, sent: dict[str, object], error: tuple[str, str]
) -> None:
    station = create(api)
    path = f"/stations/{station['id']}/sightings"
    assert refusals(api.post(path, json=OTTER | sent)) == [error]
    assert api.get("/sightings").json() == []


def test_a_sighting_may_leave_out_what_has_a_default(api: Process) -> None:
    station = create(api)
    path = f"/stations/{station['id']}/sightings"
    reply = api.post(path, json={"species": "newt", "observer": "Grace"})
    assert (reply.status_code, reply.json()["count"]) == (201, 1)
    seen = datetime.fromisoformat(reply.json()["seen_at"])
    assert abs((datetime.now(UTC) - seen).total_seconds()) < 60


def test_a_station_takes_its_sightings_along(api: Process) -> None:
    station, other = create(api), create(api, code="PR2")
    for _ in range(3):
        report(api, station)
    kept = report(api, other)
    assert api.delete(f"/stations/{station['id']}").status_code == 204
    assert api.get("/sightings").json() == [kept]


def test_sightings_are_sorted_by_a_column_of_the_list(api: Process) -> None:
    station = create(api)
    for species, count in (("otter", 2), ("newt", 9), ("otter", 5)):
        report(api, station, species=species, count=count)

    def counts(query: str) -> list[int]:
        return [row["count"] for row in api.get(f"/sightings?{query}").json()]

    assert counts("sort=count") == [2, 5, 9]
    assert counts("sort=count&descending=true") == [9, 5, 2]
    assert counts("sort=species&species=otter") == [2, 5]
    assert counts("skip=1&limit=1") == [9]


@pytest.mark.parametrize("sort", ["password", "count; DROP TABLE stations", ""])
def test_a_column_that_does_not_exist_is_refused(api: Process, sort: str) -> None:
    reply = api.get("/sightings", params={"sort": sort})
    assert refusals(reply) == [("literal_error", "sort")]


def test_a_change_of_what_was_deleted_meanwhile_is_a_conflict(
    api: Process, url: str
) -> None:
    number = create(api)["id"]

    async def change_late() -> None:
        engine = database.connect(url)
        try:
            async with AsyncSession(engine) as session:
                station = await session.get_one(Station, number)
                station.name = "too late"
                assert api.delete(f"/stations/{number}").status_code == 204
                async with database.saving(session, "taken"):
                    pass
        finally:
            await engine.dispose()

    with pytest.raises(HTTPException) as refused:
        asyncio.run(change_late())
    assert (refused.value.status_code, refused.value.detail) == (409, database.GONE)


def test_a_time_without_a_zone_is_not_stored(api: Process, url: str) -> None:
    number = create(api)["id"]

    async def store() -> None:
        engine = database.connect(url)
        try:
            async with AsyncSession(engine) as session:
                naive = datetime(2026, 5, 1)
                row = {"species": "otter", "count": 1, "observer": "Ada"}
                session.add(Sighting(station_id=number, seen_at=naive, **row))
                await session.flush()
        finally:
            await engine.dispose()

    with pytest.raises(StatementError, match="has no time zone"):
        asyncio.run(store())


def test_the_tables_keep_what_their_openapi_document_promises(
    tables: Process, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    # A new object: an app that was asked once keeps its database.
    assert breaches(importlib.reload(relational).app, asked=10) == []


@contextmanager
def in_this_process(
    settings: dict[str, str], raising: bool = True
) -> Iterator[TestClient]:
    """The application, started and stopped once, without a server of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        app = relational.app
        with TestClient(app, raise_server_exceptions=raising) as client:
            yield client


# --- when the database does not do its part -----


def test_a_locked_database_is_503_and_the_next_try_works(
    house: Process, house_file: Path
) -> None:
    path, sent = "/relational/stations", POND | {"code": "LK1"}
    before = house.get(path).json()
    with closing(sqlite3.connect(house_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        away(house.post(path, json=sent))
        assert house.get(path).json() == before
        other.execute("ROLLBACK")
    assert house.post(path, json=sent).status_code == 201


def away(reply: Any) -> None:
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "1")
    assert "does not answer" in reply.json()["detail"]


def test_a_missing_table_is_our_mistake_and_stays_a_500(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    settings = {"DATABASE_URL": url, "DATABASE_CREATE_TABLES": "false"}
    with in_this_process(settings, raising=False) as api:
        assert api.get("/stations").status_code == 500
    missing = pytest.raises(OperationalError, match="no such table: stations")
    with in_this_process(settings) as api, missing:
        api.get("/stations")


class Stoppable:
    """A PostgreSQL server that stops and comes back, with its port and its data."""

    def __init__(self, room: Path) -> None:
        self.recipe: Recipe = _prepare(KINDS["postgres"], room)
        self.url = next(iter(self.recipe.environment.values()))
        self.room = room
        self.start(self.recipe.commands)

    def start(self, commands: list[list[str]]) -> None:
        self.process = Process(
            "stoppable",
            commands,
            cwd=self.room,
            leave=self.recipe.leave,
            popen=self.recipe.popen,
        )
        self.process.wait_ready(60, self.recipe.ready, serves=False)

    def stop(self) -> None:
        self.process.stop()

    def start_again(self) -> None:
        self.start(self.recipe.commands[1:])


@pytest.mark.usefixtures("postgres")
def test_postgresql_goes_away_and_comes_back() -> None:
    # Not pytest's folder: another user than root runs the server in it.
    with TemporaryDirectory(ignore_cleanup_errors=True) as room:
        server = Stoppable(Path(room))
        try:
            with in_this_process({"DATABASE_URL": server.url}) as api:
                station = create(api)
                server.stop()
                away(api.get("/stations"))
                away(api.post("/stations", json=POND | {"code": "PR2"}))
                server.start_again()
                assert api.get("/stations").json() == [station]
                create(api, code="PR2")
        finally:
            server.stop()


# --- lessons about tables -----


def test_core_adds_and_asks_and_a_value_is_never_sql() -> None:
    engine = core_tables.open_notebook()
    assert core_tables.heard(engine, "otter") == 5
    assert core_tables.heard(engine, "' OR 1=1 --") == 0
    engine.dispose()


def test_a_transaction_is_kept_as_a_whole_or_not_at_all() -> None:
    engine = core_tables.open_notebook()
    with pytest.raises(IntegrityError):
        core_tables.correct(engine, {1: 9, 3: None})
    assert core_tables.heard(engine, "otter") == 5
    core_tables.correct(engine, {1: 9, 3: 1})
    assert core_tables.heard(engine, "otter") == 10
    engine.dispose()


def test_core_as_a_program(tmp_path: Path) -> None:
    command = ["python", "-m", "chapters.ch06_databases.core_tables"]
    with launch(command, name="core", ready=lambda p: p.lines("OTTERS: 5")) as process:
        assert process.wait(30) == 0


def test_only_a_commit_writes() -> None:
    assert asyncio.run(orm_objects.diary("sqlite+aiosqlite://")) == [
        "added",
        "INSERT",
        "committed, its id is 1",
        "changed",
        "UPDATE",
        "committed again",
        "INSERT",
        "flushed, then the session was closed",
        "SELECT",
        "a new session finds HP1",
    ]


def test_sqlite_enforces_foreign_keys_when_it_is_asked() -> None:
    assert asyncio.run(sqlite_habits.orphans_allowed(enforce=False)) == 1
    refused = asyncio.run(sqlite_habits.orphans_allowed(enforce=True))
    assert refused == "FOREIGN KEY constraint failed"


def test_sqlite_forgets_the_zone_and_our_column_does_not() -> None:
    plain, ours = asyncio.run(sqlite_habits.noon_again())
    assert (plain.tzinfo, ours) == (None, sqlite_habits.NOON)
    assert ours.tzinfo is UTC


@pytest.mark.parametrize("way", lost_updates.WAYS)
def test_on_sqlite_one_way_loses_updates_and_three_do_not(
    way: str, tmp_path: Path
) -> None:
    lost = asyncio.run(lost_updates.lost(way, f"sqlite+aiosqlite:///{tmp_path}/n.db"))
    assert bool(lost) == (way == "read, then write")


@pytest.mark.parametrize("way", [w for w in lost_updates.WAYS if "BEGIN" not in w])
def test_on_postgresql_it_is_the_same(way: str, postgres: str) -> None:
    with own_database(postgres) as own:
        lost = asyncio.run(lost_updates.lost(way, own))
    assert bool(lost) == (way == "read, then write")


@pytest.fixture(scope="module")
def house_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house") / "observatory.db"


@pytest.fixture(scope="module")
def house(house_file: Path) -> Iterator[Process]:
    """The whole chapter, as one starts it, with nothing behind /documents."""
    env = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{house_file}",
        "DATABASE_BUSY_SECONDS": "0.2",
        "MONGODB_URL": "mongodb://127.0.0.1:9",
        "MONGODB_PATIENCE_MS": "100",
    }
    with launch("chapters.ch06_databases", name="chapter 6", env=env) as process:
        yield process


@pytest.mark.parametrize(
    ("way", "queries"), [("lazy", "21"), ("selectin", "2"), ("joined", "1")]
)
def test_a_page_of_twenty_stations_costs(
    house: Process, way: str, queries: str
) -> None:
    reply = house.get(f"/loading/{way}")
    assert reply.headers["X-Queries"] == queries
    assert [len(one["sightings"]) for one in reply.json()] == [5] * 20
    assert reply.json() == house.get("/loading/selectin").json()


def test_the_synchronous_page_is_the_same() -> None:
    engine = loading_sync.open_engine()
    found = loading_sync.selectin(engine)
    engine.dispose()
    assert [station.code for station in found] == [f"ST{n}" for n in range(1, 21)]
    assert [len(station.sightings) for station in found] == [5] * 20


@pytest.mark.parametrize(
    ("path", "said"),
    [("forgotten", "MissingGreenlet"), ("guarded", "lazy='raise'")],
)
def test_loading_on_the_quiet_fails_under_async(
    house: Process, path: str, said: str
) -> None:
    assert house.get(f"/loading/{path}").status_code == 500
    assert "sightings" in house.until(re.escape(said))


def test_the_common_patch_dies_of_a_null(house: Process) -> None:
    reply = house.patch("/patch-null/stations/1", json={"name": "Newt Pool"})
    assert (reply.status_code, reply.json()) == (200, "Newt Pool")
    reply = house.patch("/patch-null/stations/1", json={"name": None})
    assert reply.status_code == 500
    assert "NOT NULL constraint failed: stations.name" in house.until("IntegrityError")


# --- migrations -----


class Indoors(migrating.Workshop):
    """The same words, without a process for each; the notebook has the processes."""

    def alembic(self, *words: str, ini: Path = migrating.HERE / "alembic.ini") -> str:
        options = CommandLine().parser.parse_args(words)
        said = io.StringIO()
        config = Config(ini, stdout=said, output_buffer=said, cmd_opts=options)
        command, placed, named = options.cmd
        arguments = [getattr(options, name, None) for name in placed]
        also = {name: getattr(options, name, None) for name in named}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", self.url)
            try:
                command(config, *arguments, **also)
            except (CommandError, IntegrityError) as error:
                return str(error)
        return said.getvalue().strip()


@contextmanager
def indoors(url: str) -> Iterator[Indoors]:
    with migrating.workshop(url) as room:
        yield Indoors(room.folder, room.url)


@contextmanager
def filled_at_v1(url: str) -> Iterator[migrating.Workshop]:
    """A database of last year, with a station and a sighting of two otters."""
    with indoors(url) as room:
        assert room.alembic("upgrade", "v1") == ""
        station = "INSERT INTO stations (code, name, habitat) VALUES "
        sighting = "INSERT INTO sightings (station_id, species, number, seen_at) "
        room.sql(station + "('HP1', 'Heron Pond', 'pond')")
        room.sql(sighting + "VALUES (1, 'otter', 2, '2026-05-01 06:30:00')")
        yield room


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_filled_database_moves_on_and_back(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        url = f"sqlite+aiosqlite:///{tmp_path}/last_year.db"
        if kind == "postgresql":
            postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(own_database(postgres))
        room = stack.enter_context(filled_at_v1(url))
        if kind == "sqlite":
            a_draft_would_lose_what_was_counted(room)
        the_corrected_scripts_keep_it(room)


def a_draft_would_lose_what_was_counted(room: migrating.Workshop) -> None:
    draft = room.propose("v1_first_tables")
    for line in (
        "batch_op.add_column(sa.Column('count', sa.Integer(), nullable=False))",
        "batch_op.drop_column('number')",
        "sa.Column('observer', sa.String(length=40), nullable=False)",
    ):
        assert line in draft
    # And on a table that is not empty, it does not run; nothing is changed.
    refused = room.alembic("upgrade", "draft", ini=room.draft)
    assert "NOT NULL constraint failed" in refused
    [row] = room.sql("SELECT * FROM sightings")
    assert row["number"] == 2
    assert room.sql("SELECT * FROM alembic_version") == [{"version_num": "v1"}]


def the_corrected_scripts_keep_it(room: migrating.Workshop) -> None:
    assert room.alembic("upgrade", "head") == ""
    assert room.alembic("check") == "No new upgrade operations detected."
    [row] = room.sql("SELECT * FROM sightings")
    assert (row["count"], row["observer"], row.get("number")) == (2, "unknown", None)
    settings = {"DATABASE_URL": room.url, "DATABASE_CREATE_TABLES": "false"}
    with in_this_process(settings) as api:
        [station] = api.get("/stations").json()
        [sighting] = station["sightings"]
        assert (sighting["count"], sighting["seen_at"]) == (2, "2026-05-01T06:30:00Z")
        report(api, station, count=7)
        doomed = create(api, code="PR2")
        report(api, doomed)
        assert api.delete(f"/stations/{doomed['id']}").status_code == 204
    assert room.alembic("downgrade", "v1") == ""
    rows = room.sql("SELECT * FROM sightings ORDER BY id")
    assert [row["number"] for row in rows] == [2, 7]
    assert "observer" not in rows[0]


def test_the_first_script_writes_a_type_of_ours_as_a_plain_one() -> None:
    """Here each `alembic` is a process of its own, as in a terminal."""
    with migrating.workshop() as room:
        refused = room.alembic("check")
        draft = room.propose()
    assert refused == "Target database is not up to date."
    assert "op.create_table('stations'," in draft
    assert "sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False)" in draft


def test_migrations_can_be_read_as_sql(postgres: str) -> None:
    with indoors(postgres) as room:
        assert room.alembic("check") == "Target database is not up to date."
        script = room.alembic("upgrade", "v1:v3", "--sql")
        assert "ALTER TABLE sightings RENAME number TO count" in script
        assert "SET observer='unknown'" in script
        undo = room.alembic("downgrade", "v1:base", "--sql")
        assert "DROP TABLE stations" in undo


# === documents ================================================================

BOX = {"code": "N7", "place": "third oak", "young": 4}
VISIT = {
    "observer": "Ada",
    "eggs": 5,
    "measured": {"shell_mm": 21.5},
    "at": "2026-05-01T06:30:00+02:00",
}


@pytest.fixture(scope="module", params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def settings(mongodb: Services, driver: str) -> Iterator[dict[str, str]]:
    with own_database(mongodb["mongodb"].url) as name:
        yield {
            "MONGODB_URL": mongodb["mongodb"].url,
            "MONGODB_DRIVER": driver,
            "MONGODB_DATABASE": name,
        }


@pytest.fixture(scope="module")
def shelf(settings: dict[str, str]) -> Iterator[Process]:
    with launch(DOCUMENTS, name="documents", env=settings) as process:
        yield process


@pytest.fixture
def nests(shelf: Process) -> Iterator[Process]:
    for box in shelf.get("/boxes?limit=100").json():
        assert shelf.delete(f"/boxes/{box['id']}").status_code == 204
    yield shelf


def hang(nests: Process, **changes: object) -> dict[str, Any]:
    reply = nests.post("/boxes", json=BOX | changes)
    assert reply.status_code == 201
    answer: dict[str, Any] = reply.json()
    return answer


def test_a_box_is_created_read_changed_and_deleted(nests: Process) -> None:
    box = hang(nests)
    assert box == {"id": box["id"], **BOX, "visits": []}
    assert re.fullmatch("[0-9a-f]{24}", box["id"])
    path = f"/boxes/{box['id']}"
    assert nests.get(path).json() == box
    moved = nests.patch(path, json={"place": "old barn"})
    assert (moved.status_code, moved.json()) == (200, box | {"place": "old barn"})
    assert nests.patch(path, json={}).json() == moved.json()
    assert nests.delete(path).status_code == 204
    for method in ("GET", "DELETE", "PATCH"):
        reply = nests.request(
            method, path, **({"json": {}} if method == "PATCH" else {})
        )
        said = {"detail": f"No nest box {box['id']}."}
        assert (reply.status_code, reply.json()) == (404, said)


def test_boxes_come_in_pages(nests: Process) -> None:
    codes = [hang(nests, code=f"N{n}")["code"] for n in range(1, 8)]
    pages = [
        [b["code"] for b in nests.get(f"/boxes?skip={skip}&limit=3").json()]
        for skip in (0, 3, 6, 9)
    ]
    assert pages == [codes[:3], codes[3:6], codes[6:], []]
    assert refusals(nests.get("/boxes?limit=0")) == [("greater_than_equal", "limit")]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_id_that_is_none_is_422_and_an_unknown_one_404(
    nests: Process, method: str
) -> None:
    sent: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
    for malformed in ("oak", "7" * 23, "z" * 24):
        reply = nests.request(method, f"/boxes/{malformed}", **sent)
        assert refusals(reply) == [("object_id", "box_id")]
    assert nests.request(method, f"/boxes/{NOBODY}", **sent).status_code == 404


def test_the_id_is_not_the_clients_to_choose_or_change(nests: Process) -> None:
    for name in ("id", "_id"):
        refused = nests.post("/boxes", json=BOX | {name: NOBODY})
        assert refusals(refused) == [("extra_forbidden", name)]
    path = f"/boxes/{hang(nests)['id']}"
    refused = nests.patch(path, json={"_id": NOBODY})
    assert refusals(refused) == [("extra_forbidden", "_id")]


def test_a_box_that_is_deleted_while_it_is_changed_is_404(
    settings: dict[str, str],
) -> None:
    async def change(client: Client, name: str) -> None:
        found_before = {"_id": ObjectId()}
        place = NestBoxChange(place="old barn")
        await change_box(found_before, place, client[name]["boxes"])

    with pytest.raises(HTTPException) as refused:
        with_client(settings, change)
    assert refused.value.status_code == 404


def test_the_unique_index_makes_a_conflict(nests: Process) -> None:
    box, other = hang(nests), hang(nests, code="N8")
    said = {"detail": "There is a nest box N7 already."}
    for reply in (
        nests.post("/boxes", json=BOX),
        nests.patch(f"/boxes/{other['id']}", json={"code": "N7"}),
    ):
        assert (reply.status_code, reply.json()) == (409, said)
    assert nests.get("/boxes").json() == [box, other]
    with ThreadPoolExecutor(8) as pool:
        post = partial(
            httpx.post, f"{nests.url}/boxes", json=BOX | {"code": "N9"}, timeout=30
        )
        replies = list(pool.map(lambda _: post().status_code, range(8)))
    assert sorted(replies) == [201] + [409] * 7


def test_a_null_is_refused(nests: Process) -> None:
    path = f"/boxes/{hang(nests)['id']}"
    refused = nests.patch(path, json={"place": None})
    assert refusals(refused) == [("string_type", "place")]


def test_a_visit_is_pushed_into_its_box(nests: Process) -> None:
    box = hang(nests)
    path = f"/boxes/{box['id']}/visits"
    first = nests.post(path, json=VISIT)
    stored = VISIT | {"at": "2026-05-01T04:30:00Z"}
    assert (first.status_code, first.json()) == (201, box | {"visits": [stored]})
    plain = {"observer": "Grace", "eggs": 6}
    second = nests.post(path, json=plain).json()["visits"]
    assert [visit["observer"] for visit in second] == ["Ada", "Grace"]
    assert second[1]["measured"] == {}
    assert nests.get(f"/boxes/{box['id']}").json()["visits"] == second
    lost = nests.post(f"/boxes/{NOBODY}/visits", json=plain)
    assert lost.status_code == 404
    assert refusals(nests.post("/boxes/oak/visits", json=plain)) == [
        ("object_id", "box_id")
    ]
    for key in ("$where", "a.b", ""):
        refused = nests.post(path, json=plain | {"measured": {key: 1}})
        assert refused.status_code == 422


def test_many_visits_at_once_are_all_there(nests: Process) -> None:
    box = hang(nests)
    path = f"{nests.url}/boxes/{box['id']}/visits"
    with ThreadPoolExecutor(8) as pool:
        post = partial(httpx.post, path, json=VISIT, timeout=30)
        assert {r.status_code for r in pool.map(lambda _: post(), range(24))} == {201}
    assert len(nests.get(f"/boxes/{box['id']}").json()["visits"]) == 24


def test_young_birds_move_in_one_transaction(nests: Process) -> None:
    one, other = hang(nests), hang(nests, code="N8", young=0)
    path = f"/boxes/{one['id']}/foster"

    def young() -> list[int]:
        return [box["young"] for box in nests.get("/boxes").json()]

    moved = nests.post(path, json={"to": other["id"], "young": 3})
    assert moved.status_code == 200
    assert [box["young"] for box in moved.json()] == [3, 1]
    too_many = nests.post(path, json={"to": other["id"], "young": 2})
    assert (too_many.status_code, too_many.json()) == (
        409,
        {"detail": "Box N7 has not so many young."},
    )
    assert young() == [1, 3]
    nobody = nests.post(path, json={"to": NOBODY, "young": 1})
    assert (nobody.status_code, young()) == (404, [1, 3])
    back = nests.post(f"/boxes/{NOBODY}/foster", json={"to": one["id"], "young": 1})
    assert (back.status_code, young()) == (404, [1, 3])


def test_young_birds_that_move_at_once_stay_as_many(nests: Process) -> None:
    one, other = hang(nests, young=20), hang(nests, code="N8", young=20)
    ways = [(one["id"], other["id"]), (other["id"], one["id"])] * 8

    def move(way: tuple[str, str]) -> httpx.Response:
        url = f"{nests.url}/boxes/{way[0]}/foster"
        return httpx.post(url, json={"to": way[1], "young": 1}, timeout=60)

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(move, ways))
    told = [(reply.status_code, reply.text) for reply in replies]
    assert {status for status, _ in told} == {200}, told
    assert nests.get(f"/boxes/{one['id']}").json()["young"] == 20
    assert sum(box["young"] for box in nests.get("/boxes").json()) == 40


def test_the_documents_keep_what_their_openapi_document_promises(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert breaches(importlib.reload(documents).app, asked=10) == []


@contextmanager
def mongo_server(folder: Path, port: int) -> Iterator[Process]:
    where = ["--host", "127.0.0.1", "--port", "{port}", "--storage-path", str(folder)]
    command = ["secantusd-py", *where, "--log-level", "WARNING"]
    with launch(command, name="mongo", port=port, ready=mongo_answers) as process:
        yield process


def mongo_answers(process: Process) -> None:
    url = f"mongodb://127.0.0.1:{process.port}"
    with pymongo.MongoClient[dict[str, Any]](
        url, serverSelectionTimeoutMS=300
    ) as client:
        client.admin.command("ping")


def test_mongodb_is_late_goes_away_and_comes_back(
    mongodb: Services, driver: str, tmp_path: Path
) -> None:
    if not mongodb["mongodb"].embedded:
        pytest.skip("MONGODB_URL is set: that server is not ours to stop")
    [port] = free_ports(1)
    env = {
        "MONGODB_URL": f"mongodb://127.0.0.1:{port}",
        "MONGODB_DRIVER": driver,
        "MONGODB_PATIENCE_MS": "300",
    }
    with launch(DOCUMENTS, name="interrupted documents", env=env) as nests:
        away(nests.get("/boxes"))
        with mongo_server(tmp_path, port):
            box = hang(nests)
        away(nests.post("/boxes", json=BOX | {"code": "N8"}))
        with mongo_server(tmp_path, port):
            assert nests.get("/boxes").json() == [box]
            assert nests.post("/boxes", json=BOX).status_code == 409
            hang(nests, code="N8")


# --- lessons about documents -----


def with_client(settings: dict[str, str], use: Callable[[Client, str], Any]) -> Any:
    async def run() -> Any:
        driver: Any = settings["MONGODB_DRIVER"]
        client = connect(settings["MONGODB_URL"], driver, 2000)
        try:
            return await use(client, settings["MONGODB_DATABASE"])
        finally:
            await settled(client.close())

    return asyncio.run(run())


def test_a_change_stream_tells_and_goes_on_after_a_break(
    nests: Process, settings: dict[str, str]
) -> None:
    async def watch(client: Client, name: str) -> tuple[Any, Any]:
        boxes = client[name]["boxes"]
        listening = asyncio.Event()
        waiting = asyncio.create_task(next_changes(boxes, 2, listening))
        await listening.wait()
        box = await asyncio.to_thread(hang, nests)
        path = f"/boxes/{box['id']}/visits"
        await asyncio.to_thread(nests.post, path, json=VISIT)
        inserted, updated = await asyncio.wait_for(waiting, 20)
        # Nobody listens, and it happens all the same.
        await asyncio.to_thread(nests.delete, f"/boxes/{box['id']}")
        again = next_changes(boxes, 1, asyncio.Event(), after=updated["_id"])
        [deleted] = await asyncio.wait_for(again, 20)
        assert deleted["documentKey"] == {"_id": ObjectId(box["id"])}
        return inserted, [c["operationType"] for c in (inserted, updated, deleted)]

    inserted, kinds = with_client(settings, watch)
    assert kinds == ["insert", "update", "delete"]
    assert inserted["fullDocument"]["code"] == "N7"


def test_both_stores_read_all_without_an_index_and_forty_with_one(
    settings: dict[str, str],
) -> None:
    rows = which_one.rows()
    assert (rows["found"], rows["renamed"]) == (40, 1)
    assert rows["without"][0] == "SCAN sightings"
    assert "SEARCH sightings USING INDEX by_species" in rows["with"][0]

    async def ask(client: Client, name: str) -> Any:
        return await which_one.documents(client[name]["which_one"])

    documents = with_client(settings, ask)
    assert documents == {
        "found": 40,
        "without": ["COLLSCAN", "2000 documents read"],
        "with": ["FETCH", "IXSCAN", "40 documents read"],
        "renamed": 100,
    }


def test_what_is_lent_is_given_back(mongodb: Services, postgres: str) -> None:
    """A fresh database is gone when its block ends, however it ends."""
    with pytest.raises(KeyError), own_database(postgres) as own:
        with migrating.workshop(own) as room:
            assert room.sql("SELECT 1 AS one") == [{"one": 1}]
        raise KeyError
    name = sqlalchemy.make_url(own).database
    with migrating.workshop(postgres) as room:
        asked = f"SELECT * FROM pg_database WHERE datname = '{name}'"
        assert room.sql(asked) == []
    url = mongodb["mongodb"].url
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        with own_database(url) as name:
            client[name]["boxes"].insert_one({"code": "N7"})
            assert name in client.list_database_names()
        assert name not in client.list_database_names()


# --- pictures -----


def test_the_picture_of_the_tables_is_drawn_from_the_models() -> None:
    figure = pictures.tables_and_document(Base.metadata, {"code": "N7"})
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    for text in ("stations", "sightings", "station_id  → stations.id"):
        assert text in texts
    assert '"code": "N7"' in texts[-1]


def test_the_bars_say_their_values() -> None:
    figure = pictures.bars({"read, then write": 74, "one statement": 0}, "Lost")
    assert [t.get_text().strip() for t in figure.axes[0].texts] == ["74", "0"]


# === the chapter as a whole ===================================================


def test_every_application_is_mounted(house: Process) -> None:
    listed = house.get("/lessons").json()
    assert sorted(listed) == ["/documents", "/loading", "/patch-null", "/relational"]
    assert "PATCH /stations/{station_id}" in listed["/relational"]
    station = house.post("/relational/stations", json=POND)
    assert (station.status_code, station.json()["code"]) == (201, "HP1")


def test_where_there_is_no_mongodb_the_tables_work_all_the_same(house: Process) -> None:
    away(house.get("/documents/boxes"))
    assert house.get("/relational/stations").status_code == 200


@pytest.mark.parametrize(
    "page",
    ["/docs", "/relational/docs", "/documents/docs", "/loading/docs"],
)
def test_a_docs_page_refers_only_to_files_of_its_own_server(
    house: Process, page: str
) -> None:
    reply = house.get(page)
    assert reply.status_code == 200
    assert not re.findall(r"https?://", reply.text)
    addresses = re.findall(r"""(?:href|src)="(.+?)"|url: '(.+?)'""", reply.text)
    assert len(addresses) == 4
    for address in ("".join(both) for both in addresses):
        assert address.startswith("/")
        assert house.get(address).status_code == 200


def test_the_docs_of_no_application_are_404(house: Process) -> None:
    reply = house.get("/graphs/docs")
    said = {"detail": "No application graphs."}
    assert (reply.status_code, reply.json()) == (404, said)


@pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)
def test_a_station_is_created_in_a_browser_without_a_network(house: Process) -> None:
    from playwright.sync_api import Route, expect, sync_playwright

    strangers: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith(f"{house.url}/"):
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        context = browser.new_context()
        context.route("**/*", guard)
        tab = context.new_page()
        tab.goto(f"{house.url}/relational/docs")
        create = tab.locator(".opblock-post").filter(has_text="Create Station")
        create.locator(".opblock-summary").click(timeout=20_000)
        create.get_by_role("button", name="Try it out").click()
        create.locator("textarea").fill(
            '{"code": "BR1", "name": "Browser Bay", "habitat": "shore"}'
        )
        create.get_by_role("button", name="Execute").click()
        live = create.locator(".live-responses-table")
        expect(live.locator(".response-col_status").last).to_contain_text(
            "201", timeout=20_000
        )
        expect(live).to_contain_text("Browser Bay")
        browser.close()
    assert strangers == []
    codes = [s["code"] for s in house.get("/relational/stations").json()]
    assert "BR1" in codes


def test_the_chapter_runs_as_a_program(tmp_path: Path) -> None:
    """Where port 8006 is taken already, it is asked for and the log says so."""
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/observatory.db"}
    command = ["python", "-m", "chapters.ch06_databases"]
    with launch(
        command, name="chapter 6 as a program", env=env, ready=r"8006"
    ) as process:
        assert process.lines(r"8006")


# === the exercises ============================================================

ANSWERS = {
    "conflict": ("app",),
    "cascade": ("make_models",),
    "queries": ("page",),
    "counter": ("add_one",),
    "object-id": ("app", "boxes"),
    "index": ("statement",),
}


def handed_in(stem: str, *changes: tuple[str, str]) -> dict[str, Any]:
    path = SOLUTIONS / f"{stem}.py"
    source = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    # As a cell does: SQLAlchemy looks its annotations up by the module's name.
    answer: dict[str, Any] = {"__name__": f"answer_{stem}"}
    exec(compile(source, str(path), "exec"), answer)
    return answer


def judged(name: str, answer: dict[str, Any]) -> Any:
    return check(f"ch06.{name}", *(answer[key] for key in ANSWERS[name]))


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize("name", ANSWERS)
def test_a_solution_passes_twice(name: str) -> None:
    answer = handed_in(name.replace("-", "_"))
    for _ in range(2):
        result = judged(name, answer)
        assert result.passed, result.message


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (
            "queries",
            [
                ("selectinload", "joinedload"),
                (
                    "session.scalars(query)).all()",
                    "session.scalars(query)).unique().all()",
                ),
            ],
        ),
        (
            "cascade",
            [
                (
                    'cascade="all, delete-orphan", passive_deletes=True',
                    'passive_deletes="all"',
                )
            ],
        ),
        ("cascade", [('"all, delete-orphan", passive_deletes=True', '"all, delete"')]),
        ("index", [("(species, seen_at)", "(species, seen_at DESC, count)")]),
    ],
)
def test_other_answers_are_judged_by_what_they_do(
    name: str, changes: list[tuple[str, str]]
) -> None:
    result = judged(name, handed_in(name, *changes))
    assert result.passed, result.message


@pytest.mark.usefixtures("progress")
def test_a_route_that_is_still_a_stub_is_not_yet_an_answer() -> None:
    app = FastAPI()

    @app.get("/boxes/{box_id}")
    async def read_box(box_id: str) -> None:
        raise NotImplementedError

    result = check("ch06.object-id", app, {ObjectId(NOBODY): "third oak"})
    assert (result.passed, result.message[:7]) == (False, "not yet")


@pytest.mark.usefixtures("progress")
def test_who_lets_in_one_at_a_time_is_right_as_well() -> None:
    locked = "\nimport asyncio\n\nlock = asyncio.Lock()\n\n@app.post"
    commit = "async with lock:\n            await session.commit()"
    changes = ("\n@app.post", locked), ("await session.commit()", commit)
    result = judged("conflict", handed_in("conflict", *changes))
    assert result.passed, result.message


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "cascade",
            ("station_id: Mapped[int]", "station_id: Mapped[int | None]"),
            "an orphan from the start",
        ),
        ("object-id", ("ObjectId.is_valid(box_id)", "len(box_id) == 24"), "InvalidId"),
        (
            "object-id",
            (
                "ObjectId.is_valid(box_id)",
                '__import__("re").match("[0-9a-f]{24}", box_id)',
            ),
            "InvalidId",
        ),
        ("conflict", ("return new.code", 'return "stored"'), "Expected `HP1`"),
        (
            "conflict",
            ("**new.model_dump()", 'code=new.code, name="A", habitat="b"'),
            "and the table has",
        ),
        ("cascade", ('= "sightings"', '= "seen"'), "whose table is `seen`"),
        ("cascade", ("return Station, Sighting", "return Sighting, Station"), "first"),
        ("cascade", ("species: Mapped", "kind: Mapped"), "has no `species`"),
        ("queries", (".order_by(Station.id)", ""), "ST1 to ST20 in this order"),
        ("queries", ("session.scalars(query)", "session.execute(query)"), "unpack"),
        ("counter", ("Tally.id == number", "Tally.id == 1"), "tally 1 stood at 2"),
        ("index", ("CREATE INDEX", "CREATE UNIQUE INDEX"), "UNIQUE constraint failed"),
    ],
)
@pytest.mark.usefixtures("unmeasured")
def test_half_an_answer_is_told_what_is_missing(
    name: str, change: tuple[str, str], said: str
) -> None:
    result = judged(name, handed_in(name.replace("-", "_"), change))
    assert not result.passed
    assert said in result.message


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("conflict", [[1, 2]], "I expected an app"),
        ("conflict", [FastAPI()], "answered `404`"),
        ("queries", [None], "not yet"),
        ("cascade", [lambda: None], "I called `make_models()` and got `None`"),
        ("cascade", [lambda: (1, 2)], "whose table is `None`"),
        ("index", ["SELECT 1"], "a SCAN reads every row"),
        ("index", ["DROP TABLE sightings"], "Expected it to make an index"),
        ("object-id", [FastAPI(), {ObjectId(NOBODY): "oak"}], "answered `404`"),
    ],
)
@pytest.mark.usefixtures("unmeasured")
def test_whatever_is_handed_in_is_answered_in_words(
    name: str, answer: list[Any], said: str
) -> None:
    result = check(f"ch06.{name}", *answer)
    assert not result.passed
    assert said in result.message
    assert "Traceback" not in result.message
