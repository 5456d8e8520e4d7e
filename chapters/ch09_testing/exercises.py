"""The exercises of chapter 9: the learner writes tests, and broken apps judge them."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chapters.ch09_testing.exam import canteen, nests, observers, ponds, tides
from chapters.ch09_testing.exam.bench import Bench, Outcome
from chapters.ch09_testing.exam.flaws import Flaw
from chapters.toolkit.checks import exercise, short

Handler = Callable[[httpx.Request], httpx.Response]


# --- judging ------------------------------------------------------------------


def judge(path: str, bench: type[Bench], module: ModuleType, *flaws: Flaw) -> None:
    """The good app first, in both orders; then the broken ones."""
    for back in (False, True):
        tested = examined(path, bench(module, back=back))
        all_passed(tested.outcomes, back)
    tested = examined(path, bench(module, flaws))
    count = len({outcome.test for outcome in tested.outcomes})
    for flaw in flaws:
        met = [outcome for outcome in tested.outcomes if outcome.app == flaw.does]
        if not met:
            raise AssertionError(
                f"I ran your {count} tests, and none of them met the app: a test asks "
                "for it by naming the fixture `client` among its arguments."
            )
        if all(outcome.passed for outcome in met):
            raise AssertionError(
                f"I ran your tests ({count}) on a broken app that {flaw.does}, and all "
                "passed.\nExpected at least one to fail, because what no test "
                "notices, a visitor will."
            )


def examined(path: str, bench: Bench) -> Bench:
    file = Path(path)
    if not file.is_file():
        raise AssertionError(f"There is no file {file.name}: run your cell first.")
    bench.examine(file)
    if bench.problem:
        raise AssertionError(f"pytest cannot read your file: {short(bench.problem)}")
    if not bench.outcomes:
        raise AssertionError(
            "I found no test in your file. The names of tests begin with `test_`."
        )
    return bench


def all_passed(outcomes: list[Outcome], back: bool) -> None:
    for outcome in outcomes:
        if outcome.passed:
            continue
        if outcome.said.startswith("NotImplementedError"):
            raise NotImplementedError
        order = ", run in the opposite order," if back else ""
        raise AssertionError(
            f"Your test `{outcome.test}`{order} condemns the good app: "
            f"`{short(outcome.said.strip(), 160)}`.\nExpected it to pass, because a "
            "test that fails on a service that is right will be switched off."
        )


# --- the exercises --------------------------------------------------------------


@exercise(
    "ch09.three-bugs",
    title="Three bugs, and tests that notice",
    hints=(
        "Which part of an answer have you not compared yet? And how many stations do "
        "your tests know?",
        "`reply.json()` is the whole answer: compare it with a dict or a list, not "
        "only its status.",
        "Post three counts for two stations, then compare "
        "`[count['adults'] for count in reply.json()]` of one station.",
    ),
    why="a status says that the app answered; only the body says whether it was right.",
)
def three_bugs(path: str) -> None:
    judge(
        path,
        Bench,
        ponds,
        Flaw("forgets the young in `total`", "new.adults + new.young", "new.adults"),
        Flaw("lists the oldest count first", "in reversed(counts)", "in counts"),
        Flaw(
            "lists the counts of every station, whichever was asked for",
            " if count.station == station",
            "",
        ),
    )


@exercise(
    "ch09.refusals",
    title="Every refusal says where",
    hints=(
        "What should the client of a form highlight, and which part of the answer "
        "says it?",
        "`pytest.mark.parametrize` with a body and a location; the location is "
        "`reply.json()['detail'][0]['loc']`.",
        "`@pytest.mark.parametrize(('body', 'field'), [({'name': 'Ada'}, 'since'), "
        "...])`, then compare `loc` with `['body', field]`.",
    ),
    why="`422` alone does not tell a form which of its fields to mark, so the "
    "location is part of the contract.",
)
def refusals(path: str) -> None:
    since = "since: int = Field(ge=1950)"
    judge(
        path,
        Bench,
        observers,
        Flaw(
            "takes 1950 for `since` when it is missing",
            since,
            "since: int = Field(1950, ge=1950)",
        ),
        Flaw("takes any number for `since`, even -1", since, "since: int"),
        Flaw(
            "answers `422` and never says which field is wrong",
            '"loc": e["loc"]',
            '"loc": ["body"]',
        ),
    )


# Reading them takes a client longer than all else that a test does here.
certificates = ssl.create_default_context()


class TideBench(Bench):
    """The app's calls to the tide service go where the test says."""

    @pytest.fixture
    def service(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> ModuleType:
        monkeypatch.setattr(ssl, "create_default_context", lambda **_: certificates)
        return self.made(request)

    @pytest.fixture
    def tides(self, service: ModuleType, client: httpx.AsyncClient) -> object:
        def answered_by(handler: Handler) -> None:
            transport = httpx.MockTransport(handler)
            outside = httpx.AsyncClient(transport=transport, base_url=service.URL)
            service.app.state.tides = outside

        return answered_by


@exercise(
    "ch09.tides",
    title="When somebody else's service fails",
    hints=(
        "In how many ways can a service fail that is not yours, and how often does a "
        "visitor come back?",
        "A handler may `raise httpx.ReadTimeout(...)` or return `httpx.Response(500)`; "
        "a `for` loop asks several times.",
        "`tides(late)` with `def late(request): raise httpx.ReadTimeout('late')`, and "
        "expect 504. Give the 500 a body that looks like an answer.",
    ),
    why="504 says that somebody was late, 502 that somebody answered badly, and a "
    "client that works once has not been tested.",
)
def tide_service(path: str) -> None:
    ask = 'reply = await client.get(f"/stations/{station}")'
    judge(
        path,
        TideBench,
        tides,
        Flaw(
            "closes its client after the first request, so that the second one fails",
            ask,
            f"async with client:\n            {ask}",
        ),
        Flaw(
            "answers `502` when the tide service is late",
            "HTTPException(504",
            "HTTPException(502",
        ),
        Flaw(
            "takes the body of a `500` for a tide, if it has `metres`",
            "reply.raise_for_status()",
            "pass",
        ),
    )


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


class NestBench(Bench):
    """A database with an empty table; the learner's `session` is what the app gets."""

    left = 0

    @pytest.fixture(scope="session")
    async def engine(self) -> AsyncIterator[AsyncEngine]:
        manual = {"isolation_level": None}
        engine = create_async_engine("sqlite+aiosqlite://", connect_args=manual)
        event.listen(engine.sync_engine, "begin", begin)
        async with engine.begin() as connection:
            await connection.run_sync(nests.Base.metadata.create_all)
        yield engine
        async with engine.connect() as connection:
            found = await connection.scalar(
                select(func.count()).select_from(nests.Nest)
            )
            self.left = found or 0
        await engine.dispose()

    @pytest.fixture
    def service(self, request: pytest.FixtureRequest, session: Any) -> ModuleType:
        module = self.made(request)
        module.app.dependency_overrides[module.get_session] = lambda: session
        return module

    def examine(self, path: Path) -> None:
        super().examine(path)
        failed = any(not outcome.passed for outcome in self.outcomes)
        if self.left and not failed and self.flaws == (Flaw(),):
            raise AssertionError(
                f"After your tests I found {self.left} row(s) in the table `nests`.\n"
                "Expected none, because the next test would begin with them: the app "
                "commits, and your fixture `session` must undo even that."
            )


@exercise(
    "ch09.empty-table",
    title="Each test begins with an empty table",
    hints=(
        "What can be undone after the app has committed?",
        "A transaction that you begin on the connection, and an `AsyncSession` on "
        "that connection whose commits end savepoints only.",
        "`async with engine.connect() as connection`, `await connection.begin()`, "
        '`AsyncSession(connection, join_transaction_mode="create_savepoint")`, yield '
        "it, then `await transaction.rollback()`.",
    ),
    why="tests that begin with the same table pass in every order, and on their own.",
)
def empty_table(path: str) -> None:
    judge(
        path,
        NestBench,
        nests,
        Flaw(
            "gives a tree a second nest with `201`",
            "if await session.scalar(select(Nest).where(Nest.tree == tree)):",
            "if tree is None:",
        ),
        Flaw(
            "answers `204` to a removal and keeps the nest",
            "await session.delete(nest)",
            "pass",
        ),
        Flaw(
            "answers `204` when it is to remove a nest that does not exist",
            'raise HTTPException(status.HTTP_404_NOT_FOUND, "This tree has none.")',
            "return",
        ),
    )


class Impatient(TestClient):
    """Its sockets wait for what is under way, and for nothing else."""

    def websocket_connect(self, *words: Any, **more: Any) -> Any:
        session: Any = super().websocket_connect(*words, **more)

        async def next_message() -> Any:
            await anyio.wait_all_tasks_blocked()
            return session._send_rx.receive_nowait()

        def receive() -> Any:
            try:
                return session.portal.call(next_message)
            except anyio.WouldBlock:
                raise AssertionError("waited for a message that never came") from None

        session.receive = receive
        return session


class CanteenBench(Bench):
    """Sockets instead of requests."""

    @pytest.fixture
    def client(self, service: ModuleType) -> Iterator[TestClient]:
        with Impatient(service.app) as client:
            yield client


@exercise(
    "ch09.two-clients",
    title="Two at a table, and one leaves",
    hints=(
        "Who hears what, in which order? Write the sequence down first.",
        "`with client.websocket_connect('/canteen/ada') as ada, ...:`; leaving the "
        "`with` block is leaving the canteen.",
        "Nest the blocks: Ada outside, Grace inside. Let each speak once, read, leave "
        "Grace's block, let Ada read, then let Ada speak to a third guest.",
    ),
    why="with one client nobody else listens; what a room does wrong needs two, and "
    "one who leaves.",
)
def two_clients(path: str) -> None:
    judge(
        path,
        CanteenBench,
        canteen,
        Flaw("lets a speaker hear their own words", "if name != speaker", "if True"),
        Flaw(
            "tells nobody that a guest has left",
            'await tell(f"{name} has left", name)',
            "pass",
        ),
        Flaw(
            "keeps those who have left at the table, and breaks when it speaks to them",
            "guests.pop(name)",
            "pass",
        ),
    )
