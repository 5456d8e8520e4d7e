"""Chapter 9: its suite is green in any order, and notices what is broken."""

import asyncio
import os
import re
import runpy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import httpx2
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from websockets.sync.client import connect

from chapters.ch09_testing import misbehaving, ringing, terminal, weather_closed
from chapters.ch09_testing.exam import flaws, ponds
from chapters.ch09_testing.front_desk import app as front_desk
from chapters.ch09_testing.terminal import broken_copy, run
from chapters.toolkit import check, launch, services
from chapters.toolkit.checks import exercises
from chapters.toolkit.processes import Process

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch09_testing"

COUNTS = "test_counts.py test_counts_limit.py"
# Everything that is run as in a terminal; one after the other would take long.
RUNS = {
    "two workers": ("pytest -q -n 2 --random-order-seed=3", "suite"),
    "another order": ("pytest -q --random-order-seed=1", "suite"),
    "mutants": (f"chapters.ch09_testing.mutants {COUNTS}", "suite"),
    "contract": ("pytest -q", "contract"),
    "first": ("pytest -v -s -rs", "first"),
    "awaited": ("pytest -q --anyio-mode=auto test_async.py pytest_style.py", "first"),
    "unittest": ("unittest unittest_style", "first"),
}
PRODUCT = ("adults + young", "adults * young")
FIRST = "test_several.py test_each.py test_nothing.py"
BREAKS = {
    "first": ("first/tally.py", *PRODUCT, FIRST, "first"),
    "property": ("rings.py", "* 1000 +", "* 999 +", "test_rings.py", "suite"),
    "contract": ("density.py", "Query(ge=1", "Query(ge=0", "", "contract"),
}


@pytest.fixture(scope="module", autouse=True)
def mongodb() -> Iterator[str]:
    """Started once; the server and the suites find it by its URL."""
    with services("mongodb") as running, patch.dict(os.environ, running.environment):
        yield running["mongodb"].url


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    with launch("chapters.ch09_testing", name="tests of chapter 9") as process:
        yield process


@pytest.fixture(scope="module")
def api(server: Process) -> Iterator[httpx.Client]:
    """A client that keeps no connection: uvicorn closes one after a 500."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=server.url, limits=limits, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def said(mongodb: str) -> dict[str, str]:
    with ThreadPoolExecutor(max_workers=3) as pool:
        texts = pool.map(lambda words: run(*words), RUNS.values())
        return dict(zip(RUNS, texts, strict=True))


@pytest.fixture(scope="module")
def broken(mongodb: str) -> dict[str, str]:
    """What pytest says of a chapter with one fault."""

    def one(fault: tuple[str, str, str, str, str]) -> str:
        file, old, new, tests, folder = fault
        with broken_copy(file, old, new) as room:
            return run(f"pytest -q --tb=short {tests}", folder, room)

    with ThreadPoolExecutor(max_workers=3) as pool:
        return dict(zip(BREAKS, pool.map(one, BREAKS.values()), strict=True))


# --- the suite ----------------------------------------------------------------


def test_the_suite_is_green_in_two_workers(said: dict[str, str]) -> None:
    assert said["two workers"].endswith("\n40 passed")


def test_the_suite_is_green_in_every_order(said: dict[str, str]) -> None:
    assert said["another order"].endswith("\n40 passed")


def test_the_contract_holds(said: dict[str, str]) -> None:
    assert said["contract"].endswith("1 passed")


def test_each_mutant_is_caught_but_one(said: dict[str, str]) -> None:
    lines = [re.split(r" {2,}", line) for line in said["mutants"].splitlines()]
    found, again = dict(lines[:8]), dict(lines[8:])
    assert len(found) == 8
    survivors = [name for name, tests in found.items() if tests == "nobody noticed"]
    assert survivors == ["a limit of 500"]
    assert again == {"a limit of 500": "test_the_limit_is_1_to_50"}
    assert found["the oldest first"] == "test_the_newest_comes_first"
    assert found["any number accepted"] == "test_a_bad_number_is_refused"


def test_no_database_is_left_behind(mongodb: str, said: dict[str, str]) -> None:
    import pymongo

    with pymongo.MongoClient[dict[str, Any]](mongodb) as client:
        names = client.list_database_names()
    assert not [name for name in names if name.startswith("ch09_g")]
    assert not [name for name in names if name.startswith("ch09_master")]


# --- the first steps ----------------------------------------------------------


def test_pytest_finds_files_by_their_names(said: dict[str, str]) -> None:
    files = set(re.findall(r"^(\w+\.py)::", said["first"], re.MULTILINE))
    assert {"test_each.py", "sighting_test.py"} <= files
    assert not files & {"pytest_style.py", "unittest_style.py", "tally.py"}
    assert said["awaited"].endswith("3 passed")


def test_unittest_counts_one_test(said: dict[str, str]) -> None:
    assert said["unittest"].splitlines()[-3:] == ["Ran 1 test", "", "OK"]


def test_unmarked_async_tests_fail(said: dict[str, str]) -> None:
    assert "async def functions are not natively supported" in said["first"]
    assert "test_async.py::test_marked[asyncio] PASSED" in said["first"]
    assert "1 failed, 13 passed, 1 skipped, 1 xfailed" in said["first"]


def test_a_module_fixture_is_made_once_and_a_function_fixture_twice(
    said: dict[str, str],
) -> None:
    steps = r"unlock the hide|clean the|watch the \w+|put them|lock the hide"
    once = ["clean the", "watch the otter", "put them"]
    again = ["clean the", "watch the kestrel", "put them"]
    told = re.findall(steps, said["first"])
    assert told == ["unlock the hide", *once, *again, "lock the hide"]


def test_a_skip_has_a_reason(said: dict[str, str]) -> None:
    assert "the young have flown" in said["first"]


def test_durations_are_no_part_of_what_is_kept() -> None:
    told = "9 passed in 0.31s\n0.12s call test_a\n9 passed in 61.00s (0:01:01)"
    assert terminal.SECONDS.sub("", told) == "9 passed\ncall test_a\n9 passed"


# --- what a fault looks like --------------------------------------------------


def test_the_first_assert_hides_the_rest(broken: dict[str, str]) -> None:
    failed = [x for x in broken["first"].splitlines() if x.startswith("FAILED")]
    assert failed == [
        "FAILED test_several.py::test_totals - assert 6 == 5",
        "FAILED test_each.py::test_totals[2-3-5] - assert 6 == 5",
        "FAILED test_each.py::test_totals[100-0-100] - assert 0 == 100",
        "FAILED test_each.py::test_totals[1-1-2] - assert 1 == 2",
    ]


def test_all_lines_run_and_nothing_is_tested(broken: dict[str, str]) -> None:
    assert broken["first"].endswith("4 failed, 2 passed")
    measure = "coverage run --include=tally.py -m pytest -q test_nothing.py"
    assert run(measure, "first").endswith("1 passed")
    assert "tally.py       2      0   100%" in run("coverage report", "first")


def test_hypothesis_finds_the_smallest_number(broken: dict[str, str]) -> None:
    assert "number=1000" in broken["property"]
    assert broken["property"].endswith("1 failed, 1 passed")


def test_schemathesis_finds_the_division(broken: dict[str, str]) -> None:
    assert "ZeroDivisionError: division by zero" in broken["contract"]
    assert "hectares=0" in broken["contract"]


def test_only_what_is_there_once_can_be_broken() -> None:
    with pytest.raises(ValueError, match="stands 0 times"):  # noqa: SIM117
        with broken_copy("counts.py", "an elephant", ""):
            raise AssertionError("nothing was broken")
    with pytest.raises(ValueError, match="stands 0 times"):
        flaws.variant(ponds, flaws.Flaw("", "an elephant", ""))


# --- one real server ----------------------------------------------------------


def test_all_lifespans_run_under_one_roof(api: httpx.Client) -> None:
    assert "/front-desk" in api.get("/lessons").json()
    assert api.get("/front-desk/").json()["observatory"] == "open"
    body = {"station": "HP1", "adults": 2, "young": 3}
    assert api.post("/counts/counts", json=body).status_code == 201
    assert api.get("/counts/counts/1").json()["total"] == 5


def test_a_ring_is_taken_once(api: httpx.Client) -> None:
    ring = {"code": "KE204", "species": "kestrel"}
    statuses = [api.post("/ringing/rings", json=ring).status_code for _ in range(2)]
    assert statuses == [201, 409]
    assert api.get("/ringing/rings").json() == [ring]


def test_a_report_comes_back(api: httpx.Client) -> None:
    new = api.post("/reports/reports", json={"title": "Storm", "text": "Wet."}).json()
    assert api.get(f"/reports/reports/{new['id']}").json() == new
    assert api.get("/reports/reports/abc").status_code == 404


def test_a_weather_service_that_is_not_there(api: httpx.Client) -> None:
    assert api.get("/weather/forecast/HP1").status_code == 502
    assert api.get("/weather-closed/forecast/HP1").status_code == 500


@pytest.mark.parametrize(("hectares", "status"), [(0, 422), (2, 200)])
def test_a_density_needs_an_area(api: httpx.Client, hectares: int, status: int) -> None:
    query = {"birds": 4, "hectares": hectares}
    assert api.get("/density/density", params=query).status_code == status
    naive = api.get("/density-naive/density", params=query).status_code
    assert naive == (500 if hectares == 0 else 200)


def test_sockets(server: Process) -> None:
    url = server.url.replace("http", "ws")
    with connect(f"{url}/echo/echo") as socket:
        socket.send("otter")
        assert socket.recv() == "heard: otter"
    with connect(f"{url}/radio/radio/ada") as ada:
        with connect(f"{url}/radio/radio/grace"):
            assert ada.recv() == "grace is on the air"
        assert ada.recv() == "grace is off the air"


def test_a_fork_says_what_a_process_says(said: dict[str, str]) -> None:
    command, folder = RUNS["first"]
    kept = terminal.environment(terminal.ROOM, measured=False)
    told = terminal.started(command.split(), terminal.ROOM / folder, kept)
    assert terminal.SECONDS.sub("", told).strip() == said["first"]


@pytest.mark.parametrize("name", sorted(terminal.LOUD))
def test_a_run_says_the_same_where_others_say_more(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "true")
    assert name not in terminal.environment(terminal.ROOM, measured=True)


def test_a_failure_reads_the_same_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    product = ("first/tally.py", "adults + young", "adults * young")
    with broken_copy(*product) as room:
        monkeypatch.delenv("CI", raising=False)
        here = run("pytest -q test_several.py", "first", room)
        monkeypatch.setenv("CI", "true")
        assert run("pytest -q test_several.py", "first", room) == here


def test_the_module_serves_on_8009(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr("uvicorn.run", lambda *a, **k: served.append((a, k)))
    runpy.run_module("chapters.ch09_testing", run_name="__main__")
    assert served == [
        (("chapters.ch09_testing.app:app",), {"host": "127.0.0.1", "port": 8009})
    ]


# --- what the notebook shows in cells -----------------------------------------


async def ask(library: Any) -> Any:
    transport = library.ASGITransport(front_desk)
    url = "http://observatory"
    async with (
        front_desk.router.lifespan_context(front_desk),
        library.AsyncClient(transport=transport, base_url=url) as client,
    ):
        return (await client.get("/")).json()


@pytest.mark.anyio
@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_one_line_switches_to_httpx2(library: Any) -> None:
    assert await ask(library) == {"observatory": "open", "guests": 1}


@pytest.mark.anyio
async def test_the_closed_client_answers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = httpx.ASGITransport(weather_closed.app)
    async with (
        misbehaving.serving() as url,
        httpx.AsyncClient(transport=transport, base_url="http://observatory") as client,
    ):
        fresh = httpx.AsyncClient(base_url=f"{url}/fine")
        monkeypatch.setattr(weather_closed.weather_service, "client", fresh)
        assert (await client.get("/forecast/HP1")).json() == {"wind": "north"}
        with pytest.raises(RuntimeError, match="Cannot reopen a client instance"):
            await client.get("/forecast/HP1")


@pytest.mark.anyio
@pytest.mark.parametrize("begins", [True, False])
async def test_without_an_early_begin_the_commit_escapes(begins: bool) -> None:
    manual: dict[str, Any] = {"isolation_level": None} if begins else {}
    engine = create_async_engine("sqlite+aiosqlite://", connect_args=manual)
    if begins:
        event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    async with engine.begin() as connection:
        await connection.run_sync(ringing.Base.metadata.create_all)
    async with engine.connect() as connection:
        transaction = await connection.begin()
        mode = "create_savepoint"
        async with AsyncSession(connection, join_transaction_mode=mode) as session:
            session.add(ringing.RingRow(code="KE204", species="kestrel"))
            await session.commit()
        await transaction.rollback()
    async with AsyncSession(engine) as session:
        left = await ringing.list_rings(session)
    await engine.dispose()
    assert len(left) == (0 if begins else 1)


# --- the exercises ------------------------------------------------------------


@pytest.fixture
def strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COURSE_STRICT", "")
    return tmp_path


@pytest.mark.parametrize("name", [task.id for task in exercises("ch09")])
def test_the_solution_passes(name: str, strictly: Path) -> None:
    solution = SOLUTIONS / f"{name[5:].replace('-', '_')}.py"
    result = check(name, str(solution))
    assert result.passed, repr(result)


def test_a_check_judges_the_same_the_second_time(strictly: Path) -> None:
    answer = strictly / "test_ponds.py"
    for file, passed in (
        ("three_bugs.py", True),
        ("wrong/three_bugs.too_strict.py", False),
        ("three_bugs.py", True),
        ("three_bugs.py", True),
    ):
        answer.write_text((SOLUTIONS / file).read_text("utf-8"), encoding="utf-8")
        assert check("ch09.three-bugs", str(answer)).passed is passed


def test_a_parameter_may_have_any_name(strictly: Path) -> None:
    """The name of the app follows it in pytest's name of the test."""
    text = (SOLUTIONS / "three_bugs.py").read_text("utf-8")
    one = "async def test_the_newest_comes_first("
    named = '@pytest.mark.parametrize("x", [1], ids=["HP1::[1]"])\n'
    text = text.replace(one, named + one).replace("first(client", "first(x, client")
    answer = strictly / "test_answer.py"
    answer.write_text(text, encoding="utf-8")
    result = check("ch09.three-bugs", str(answer))
    assert result.passed, repr(result)


def test_a_flaw_that_no_test_notices_is_named(strictly: Path) -> None:
    status = SOLUTIONS / "wrong" / "three_bugs.only_the_status.py"
    result = check("ch09.three-bugs", str(status))
    assert "a broken app that forgets the young in `total`" in result.message


def test_rows_left_behind_are_counted(strictly: Path) -> None:
    left = SOLUTIONS / "wrong" / "empty_table.left_behind.py"
    assert "I found 2 row(s)" in check("ch09.empty-table", str(left)).message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "I found no test in your file"),
        ("def test_x():\n    raise NotImplementedError\n", "not yet"),
        ("def test_x(:\n", "pytest cannot read your file: SyntaxError"),
        ("import pond\n", "pytest cannot read your file: ModuleNotFoundError"),
        ("def test_x():\n    assert True\n", "none of them met the app"),
        ("def test_x(pond):\n    pass\n", "fixture 'pond' not found"),
        (
            "import pytest\n\n\n@pytest.mark.skip\ndef test_x(client):\n    pass\n",
            "`test_x` condemns the good app",
        ),
    ],
)
def test_other_answers_are_told_what_is_wrong(
    strictly: Path, text: str, message: str
) -> None:
    answer = strictly / "test_answer.py"
    answer.write_text(text, encoding="utf-8")
    result = check("ch09.two-clients", str(answer))
    assert not result.passed
    assert message in result.message
    assert "Traceback" not in repr(result)


def test_a_missing_file_is_named(strictly: Path) -> None:
    result = check("ch09.refusals", "../work/test_refusals.py")
    assert "There is no file test_refusals.py" in result.message


def test_a_check_works_while_a_loop_is_running(strictly: Path) -> None:
    async def in_a_notebook() -> Any:
        return check("ch09.three-bugs", str(SOLUTIONS / "three_bugs.py"))

    assert asyncio.run(in_a_notebook()).passed


def test_the_plain_dependencies_of_the_exam_apps_work(strictly: Path) -> None:
    from chapters.ch09_testing.exam import nests

    async def first() -> Any:
        return await anext(nests.get_session())

    assert isinstance(asyncio.run(first()), AsyncSession)
