"""The exercises of chapter 6. Each check tries the answer on a real database."""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from bson import ObjectId
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event, func, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.util import await_only

from chapters.ch06_databases.loading_models import Base, sample
from chapters.ch06_databases.lost_updates import Base as Tallies
from chapters.ch06_databases.lost_updates import Tally, let_readers_read
from chapters.ch06_databases.relational.database import enforce_foreign_keys
from chapters.ch06_databases.relational.models import Station as Stations
from chapters.toolkit.checks import Client, exercise, short, told


@contextmanager
def database_file() -> Iterator[str]:
    """The URL of a database that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield f"sqlite+aiosqlite:///{Path(folder) / 'exercise.db'}"


@asynccontextmanager
async def opened(url: str, metadata: Any) -> AsyncIterator[AsyncEngine]:
    """An engine that enforces foreign keys, on a database with these tables."""
    engine = create_async_engine(url, connect_args={"timeout": 20})
    event.listen(engine.sync_engine, "connect", enforce_foreign_keys)
    event.listen(engine.sync_engine, "connect", let_readers_read)
    event.listen(engine.sync_engine, "connect", keep_no_order_unasked)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        yield engine
    finally:
        await engine.dispose()


def keep_no_order_unasked(connection: Any, _record: object) -> None:
    """SQLite happens to go by the key: here it goes backwards, as it may."""
    connection.execute("PRAGMA reverse_unordered_selects=ON").close()


# --- conflict -----------------------------------------------------------------


@exercise(
    "ch06.conflict",
    title="Taken is a conflict, not a crash",
    hints=(
        "Who knows for certain that a code is taken, even when two clients ask at "
        "the same time?",
        "The unique constraint: `commit` raises `sqlalchemy.exc.IntegrityError`. After "
        "it the session must `rollback` before it can be used.",
        "`try: await session.commit()`, `except IntegrityError: await "
        'session.rollback()` and `raise HTTPException(409, "...")`.',
    ),
    why="the database decides, so two clients at once cannot both get the code, and "
    "the one who loses hears why.",
)
async def conflict(app: FastAPI) -> None:
    Client(app)  # says so in words if it is no app
    with database_file() as url:
        async with opened(url, Stations.metadata) as engine:
            app.state.engine = engine
            async with AsyncClient(
                transport=ASGITransport(app), base_url="http://observatory"
            ) as client:
                await one_after_the_other(client)
                with all_before_one(engine, 8):
                    await all_at_once(client)
                await stored(engine)


POND = {"code": "HP1", "name": "Heron Pond", "habitat": "pond"}


async def one_after_the_other(client: AsyncClient) -> None:
    for status, changes, because in (
        (201, {}, "the table is empty, and `HP1` is free."),
        (409, {"name": "Heron Pool"}, "there is an `HP1`: it clashes with the stored."),
        (201, {"code": "PR2"}, "a refused station before it must not be in the way."),
        (422, {"code": None}, "a station without a code is the client's mistake."),
    ):
        try:
            reply = await client.post("/stations", json=POND | changes)
        except IntegrityError as error:
            reason = short(str(error.orig))
            raise AssertionError(
                f"I asked `POST /stations` with `{short(POND | changes)}`, and your "
                f"code let an IntegrityError out: `{reason}`. Expected `{status}`, "
                f"because {because}"
            ) from None
        assert reply.status_code == status, (
            f"{told(reply)} Expected `{status}`, because {because}"
        )
        code = (POND | changes)["code"]
        assert status != 201 or reply.text.strip('"') == code, (
            f"{told(reply)} Expected `{code}`, because a station that is stored is "
            "answered with its code."
        )


@contextmanager
def all_before_one(engine: AsyncEngine, writers: int) -> Iterator[None]:
    """Nobody inserts until all are about to: they meet there on every machine."""
    barrier = asyncio.Barrier(writers)

    async def arrive() -> None:
        try:
            async with asyncio.timeout(3):
                await barrier.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            await barrier.abort()  # an answer that lets in one at a time

    def wait(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT"):
            await_only(arrive())

    event.listen(engine.sync_engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", wait)


async def all_at_once(client: AsyncClient) -> None:
    asked = [client.post("/stations", json=POND | {"code": "ZZ9"}) for _ in range(8)]
    replies = await asyncio.gather(*asked, return_exceptions=True)
    codes = sorted(getattr(reply, "status_code", 500) for reply in replies)
    assert codes == [201] + [409] * 7, (
        f"I asked `POST /stations` for `ZZ9` eight times at once and your app answered "
        f"{codes}. Expected one `201` and seven `409`, because whoever looks first and "
        "stores afterwards is overtaken in between."
    )


async def stored(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        found = (await session.scalars(select(Stations).order_by(Stations.code))).all()
    codes = [station.code for station in found]
    assert codes == ["HP1", "PR2", "ZZ9"], (
        f"After these requests the table has the codes {codes}. Expected HP1, PR2 and "
        "ZZ9, each once, because only a commit stores, and what is refused is not."
    )
    for one in found:
        kept = {name: getattr(one, name) for name in POND}
        sent = POND | {"code": one.code}
        assert kept == sent, (
            f"I sent `{short(sent)}`, and the table has `{short(kept)}`. Expected all "
            "of the station that got the code, and nothing of one that was refused."
        )


# --- cascade ------------------------------------------------------------------


@exercise(
    "ch06.cascade",
    title="No sighting without its station",
    hints=(
        "Two places decide what happens to the children: the ORM, for what the session "
        "deletes, and the database, for everybody else. Which argument belongs where?",
        "`cascade=` on the `relationship` of the parent, `ondelete=` on the "
        "`ForeignKey` of the child.",
        '`relationship(cascade="all, delete-orphan", passive_deletes=True)` and '
        '`ForeignKey("stations.id", ondelete="CASCADE")`.',
    ),
    why="an orphan is found by whoever reads the table next year. Both ways in are "
    "closed: your program's and the database console's.",
)
async def cascade(make_models: Callable[[], Any]) -> None:
    made = make_models()
    assert isinstance(made, tuple) and len(made) == 2, (
        f"I called `make_models()` and got `{short(made)}`. Expected the two classes, "
        "because the check stores with the one and counts with the other."
    )
    station, sighting = made
    has_the_names(station, "stations", "code", "sightings")
    has_the_names(sighting, "sightings", "species", "station_id")
    with database_file() as url:
        async with opened(url, station.metadata) as engine:
            await stores_a_pair(engine, station, sighting)
            await session_deletes(engine, station, sighting)
            await stores_a_pair(engine, station, sighting)
            await console_deletes(engine, station, sighting)
            await refuses_orphans(engine, sighting)


def has_the_names(model: Any, table: str, *names: str) -> None:
    mapper = inspect(model, raiseerr=False)
    made = getattr(getattr(mapper, "local_table", None), "name", None)
    assert made == table, (
        f"`make_models()` gave `{short(model)}`, whose table is `{made}`. Expected the "
        f"model of the table `{table}` in its place: first the station, then the "
        "sighting, because others find them by these names."
    )
    missing = [name for name in names if name not in mapper.attrs]
    assert not missing, (
        f"The model of `{table}` has no `{'` and no `'.join(missing)}`. Expected "
        f"`{'` and `'.join(names)}`, because others find them by these names."
    )


async def stores_a_pair(
    engine: AsyncEngine, station: type[Any], sighting: type[Any]
) -> None:
    async with AsyncSession(engine) as session:
        seen = [sighting(species="otter"), sighting(species="newt")]
        session.add(station(code="HP1", sightings=seen))
        await session.commit()
        rows = await count(session, sighting)
    assert rows == 2, (
        f"I stored a station with two sightings and found {rows} sightings. Expected "
        "2, because `sightings` is a relationship to `Sighting`."
    )


async def session_deletes(
    engine: AsyncEngine, station: type[Any], sighting: type[Any]
) -> None:
    async with AsyncSession(engine) as session:
        await session.delete((await session.scalars(select(station))).one())
        try:
            await session.commit()
        except IntegrityError as error:
            raise AssertionError(
                "I deleted a station through the session, and the commit said "
                f"`{short(str(error.orig))}`. Expected its sightings to go with it, "
                "because the relationship cascades."
            ) from None
        await nothing_is_left(session, sighting, "through the session")


async def console_deletes(
    engine: AsyncEngine, station: type[Any], sighting: type[Any]
) -> None:
    async with AsyncSession(engine) as session:
        try:
            await session.execute(text("DELETE FROM stations"))
        except IntegrityError as error:
            raise AssertionError(
                "I sent `DELETE FROM stations`, as from a database console, and the "
                f"database said `{short(str(error.orig))}`. Expected it to delete the "
                "sightings as well, because their foreign key says so."
            ) from None
        await session.commit()
        await nothing_is_left(session, sighting, "with `DELETE FROM stations`")


async def nothing_is_left(session: AsyncSession, sighting: type[Any], how: str) -> None:
    rows = await count(session, sighting)
    assert rows == 0, (
        f"I deleted the only station {how}, and {rows} sightings are still there. "
        "Expected none, because a sighting belongs to its station."
    )


async def refuses_orphans(engine: AsyncEngine, sighting: type[Any]) -> None:
    async with AsyncSession(engine) as session:
        session.add(sighting(species="otter"))
        try:
            await session.commit()
        except IntegrityError:
            return
        raise AssertionError(
            "I stored a sighting without a station, and nobody minded. Expected an "
            "`IntegrityError`, because such a sighting is an orphan from the start: "
            "`station_id` must not be empty."
        )


async def count(session: AsyncSession, model: type[Any]) -> int:
    return (await session.scalars(select(func.count()).select_from(model))).one()


# --- queries ------------------------------------------------------------------


@exercise(
    "ch06.queries",
    title="A page without N + 1",
    hints=(
        "How can the first query say that the sightings will be needed, too?",
        "`select(...).options(...)` takes a loading strategy: `selectinload` or "
        "`joinedload`, from `sqlalchemy.orm`.",
        "`select(Station).order_by(Station.id).limit(limit)"
        ".options(selectinload(Station.sightings))`, and `(await "
        "session.scalars(query)).all()`.",
    ),
    why="two queries for twenty stations are two queries for a thousand.",
)
async def queries(page: Callable[[AsyncSession, int], Awaitable[Any]]) -> None:
    with database_file() as url:
        async with opened(url, Base.metadata) as engine:
            async with AsyncSession(engine) as session:
                session.add_all(sample(stations=30, each=5))
                await session.commit()
            for limit in (20, 3):
                await one_page(engine, page, limit)


async def one_page(
    engine: AsyncEngine,
    page: Callable[[AsyncSession, int], Awaitable[Any]],
    limit: int,
) -> None:
    async with AsyncSession(engine) as session:
        with listening(engine) as heard:
            found = await page(session, limit)
    call = f"I called `page(session, {limit})`"
    has_the_stations(call, found, limit)
    assert len(heard) <= 2, (
        f"{call}, and the database heard {len(heard)} queries. Expected 1 or 2, "
        f"because with {limit} stations you asked for each of them alone."
    )


@contextmanager
def listening(engine: AsyncEngine) -> Iterator[list[str]]:
    heard: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


def has_the_stations(call: str, found: Any, limit: int) -> None:
    codes = [f"ST{number}" for number in range(1, limit + 1)]
    assert isinstance(found, Sequence) and all(isinstance(s, Base) for s in found), (
        f"{call} and got `{short(found)}`. Expected a list of stations, because "
        "whoever asks for a page wants no rows and no result to unpack."
    )
    assert [s.code for s in found] == codes, (
        f"{call} and got `{short(found)}`. Expected the stations ST1 to ST{limit} in "
        "this order, because a page without an order shows some rows twice."
    )
    missing = [s.code for s in found if "sightings" not in s.__dict__]
    assert not missing, (
        f"{call}, and the sightings of {missing[0]} are not loaded. Expected them with "
        "the page, because after the session nobody can fetch them any more."
    )
    seen = [len(s.sightings) for s in found]
    assert seen == [5] * limit, (
        f"{call} and the stations have {short(seen)} sightings. Expected 5 each."
    )


# --- counter ------------------------------------------------------------------


@exercise(
    "ch06.counter",
    title="Sixteen writers, nothing lost",
    hints=(
        "Between your read and your write there is room for fifteen others. Who could "
        "do both at once?",
        "An `UPDATE` whose new value is computed by the database: `sqlalchemy.update`.",
        "`update(Tally).where(Tally.id == number).values(count=Tally.count + 1)`, "
        "executed and committed.",
    ),
    why="the database adds to what is there, not to what you remember.",
)
async def counter(add_one: Callable[[AsyncSession, int], Awaitable[Any]]) -> None:
    with database_file() as url:
        async with opened(url, Tallies.metadata) as engine:
            async with AsyncSession(engine) as session:
                session.add_all([Tally(id=1), Tally(id=2)])
                await session.commit()
            async with AsyncSession(engine) as session:
                await add_one(session, 1)
            await counts(engine, {1: 1, 2: 0}, "once for tally 1")
            async with AsyncSession(engine) as session:
                await add_one(session, 2)
            await counts(engine, {1: 1, 2: 1}, "once for tally 1, once for tally 2")
            async with asyncio.TaskGroup() as writers:
                for _ in range(16):
                    writers.create_task(add_five(engine, add_one))
            await counts(engine, {1: 81, 2: 1}, "by sixteen writers, five times each")


async def add_five(
    engine: AsyncEngine, add_one: Callable[[AsyncSession, int], Awaitable[Any]]
) -> None:
    for _ in range(5):
        async with AsyncSession(engine) as session:
            await add_one(session, 1)


async def counts(engine: AsyncEngine, expected: dict[int, int], how: str) -> None:
    async with AsyncSession(engine) as session:
        found = {one.id: one.count for one in await session.scalars(select(Tally))}
    for number, wanted in expected.items():
        assert found[number] == wanted, (
            f"`add_one` was called {how}, and then tally {number} stood at "
            f"{found[number]}. Expected {wanted}, because each call adds one to its "
            "own tally and commits it, whoever else is writing."
        )


# --- object id ----------------------------------------------------------------


@exercise(
    "ch06.object-id",
    title="An ObjectId at the door",
    hints=(
        "What has to happen to a path parameter before the route sees it, and what if "
        "it cannot?",
        "`ObjectId.is_valid` answers yes or no; `HTTPException(422, ...)` in a "
        "dependency refuses, as a Pydantic type would.",
        "`async def object_id(box_id: str) -> ObjectId:` with `if not "
        "ObjectId.is_valid(box_id): raise HTTPException(422, ...)`.",
    ),
    why="a text never equals an ObjectId: without the conversion every box is a 404, "
    "and with a careless one every typing error is a 500.",
)
def object_id(app: FastAPI, boxes: dict[ObjectId, str]) -> None:
    known = dict(boxes)
    with Client(app) as client:
        for number, name in known.items():
            reply = client.get(f"/boxes/{number}")
            begun(reply)
            told = {"id": str(number), "place": name}
            client.expect(reply, 200, because="this box is in `boxes`.", json=told)
        unknown = ObjectId()
        because = "the id is well formed, and no box has it."
        client.ask("GET", f"/boxes/{unknown}", 404, because=because)
        for malformed in ("oak", "7" * 23, "7" * 25, "z" * 24):
            client.ask("GET", f"/boxes/{malformed}", 422, because=MALFORMED)


def begun(reply: Any) -> None:
    if isinstance(reply.extensions.get("crash"), NotImplementedError):
        raise NotImplementedError


MALFORMED = "an id has 24 hexadecimal digits; nothing can ever have this one."


# --- index --------------------------------------------------------------------


@exercise(
    "ch06.index",
    title="An index for this very question",
    hints=(
        "The question filters by one column and sorts by another. In which order would "
        "you keep a card index for it?",
        "An index over two columns: first the one that is compared with `=`, then the "
        "one that sorts.",
        "`CREATE INDEX by_species_and_time ON sightings (species, seen_at)`.",
    ),
    why="the plan has neither a scan nor a sort: the answer is read off in its order.",
)
def index(statement: str) -> None:
    plan = explained(statement)
    told = f"After it, the plan for `{QUESTION}` is `{short('; '.join(plan))}`."
    assert not any(line.startswith("SCAN") for line in plan), (
        f"{told} Expected a SEARCH, because a SCAN reads every row there is."
    )
    assert not any("TEMP B-TREE" in line for line in plan), (
        f"{told} Expected no TEMP B-TREE, because it means that the rows are found, "
        "and then sorted by hand."
    )


def explained(statement: str) -> list[str]:
    """SQLite's plan for the question, after the learner's statement."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE TABLE sightings "
            "(id INTEGER PRIMARY KEY, species TEXT, count INT, seen_at TEXT)"
        )
        twice = "('otter', 2, '2026-05-01'), ('otter', 1, '2026-05-01')"
        database.execute(
            f"INSERT INTO sightings (species, count, seen_at) VALUES {twice}"
        )
        try:
            database.execute(statement)
            plan = database.execute(f"EXPLAIN QUERY PLAN {QUESTION}").fetchall()
        except sqlite3.Error as error:
            raise AssertionError(
                f"I sent `{short(statement)}`, and SQLite said `{short(str(error))}`. "
                "Expected it to make an index on `sightings`, in which two otters may "
                "be seen at the same time."
            ) from None
    return [row[3] for row in plan]


QUESTION = "SELECT id FROM sightings WHERE species = 'otter' ORDER BY seen_at DESC"
