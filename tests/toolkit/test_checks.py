"""A check speaks the learner's language, whatever the learner's code does."""

import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, UploadFile
from fastapi.responses import Response, StreamingResponse

import chapters
from chapters.toolkit import check, checks, hint, progress
from chapters.toolkit.checks import Client, Result, exercise, exercises, find, short

HINTS = ("which idea", "which tool", "which call")

POND = '''
"""Exercises for these tests."""
import asyncio
from chapters.toolkit.checks import Client, exercise

def pond(slug):
    return exercise(f"ch90.{slug}", title=f"About {slug}", hints=("which idea",
        "which tool", "which call"), why="Herons stand still.")

@pond("mean")
def mean(f):
    got = f([1, 3])
    assert got == 2, f"`mean([1, 3])` gave `{got}`, and 2 lies between."

@pond("bare")
def bare(value):
    assert value

@pond("paging")
def paging(app):
    with Client(app) as client:
        reply = client.get("/sightings?limit=-1")
        client.expect(reply, 422, because="a client must hear about nonsense.")

@pond("later")
async def later(f):
    await asyncio.sleep(0)
    assert await f() == 7, "expected 7."

@pond("group")
def group(f):
    raise ExceptionGroup("several", [ValueError("first"), KeyError("second")])

@pond("shape")
def shape(value):
    value["items"]
'''


@pytest.fixture(autouse=True)
def pond(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A chapter 90 with exercises, a 91 without, a 92 that cannot be imported."""
    home = tmp_path / "chapters"
    for name in ("ch90_pond", "ch91_bare", "ch92_broken"):
        (home / name).mkdir(parents=True)
        (home / name / "__init__.py").touch()
    (home / "ch90_pond" / "exercises.py").write_text(POND)
    (home / "ch90_pond" / "chapter.toml").write_text('title = "The pond"\n')
    (home / "ch92_broken" / "exercises.py").write_text("import no_such_library\n")
    monkeypatch.setattr(chapters, "__path__", [str(home)])
    monkeypatch.setattr(checks, "_register", {})
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "work" / "progress.json"))
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    yield home
    for name in [n for n in sys.modules if n.startswith("chapters.ch9")]:
        del sys.modules[name]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().out


def noted(id: str) -> dict[str, Any]:
    mine: dict[str, Any] = json.loads(checks.progress_file().read_text())[id]
    return mine


def mean(values: list[int]) -> float:
    return sum(values) / len(values)


# --- check --------------------------------------------------------------------


def test_a_right_answer_is_told_why_it_works() -> None:
    result = check("ch90.mean", mean)
    assert result.passed
    assert repr(result) == "✓ ch90.mean · About mean\nHerons stand still."
    assert noted("ch90.mean") == {"attempts": 1, "passed": True, "hints": 0}


def test_a_wrong_answer_is_told_what_came_back_and_where_to_go() -> None:
    result = check("ch90.mean", sum)
    assert not result.passed
    assert repr(result) == (
        "✗ ch90.mean · `mean([1, 3])` gave `4`, and 2 lies between.\n"
        'Hint 1 of 3: which idea (`hint("ch90.mean")` for the next)'
    )
    assert noted("ch90.mean") == {"attempts": 1, "passed": False, "hints": 1}


def test_once_passed_stays_passed() -> None:
    check("ch90.mean", mean)
    check("ch90.mean", sum)
    assert noted("ch90.mean") == {"attempts": 2, "passed": True, "hints": 1}


def test_a_result_is_shown_in_colour_and_escaped() -> None:
    markup = Result("ch90.mean", False, "I got `<b>` & more")._repr_html_()
    assert "<code>&lt;b&gt;</code> &amp; more" in markup
    assert markup.startswith('<div style="white-space:pre-wrap"><span style="color:#')


def dots(values: list[int]) -> None:
    """A docstring is not an answer."""
    ...


def raises(values: list[int]) -> float:
    raise NotImplementedError


class Dots: ...


@pytest.mark.parametrize("answer", [..., None, dots, raises, Dots])
def test_a_stub_is_not_yet_an_attempt(answer: object) -> None:
    result = check("ch90.mean", answer)
    assert repr(result).startswith("✗ ch90.mean · not yet: put your code in the place")
    assert repr(result).endswith('About mean. (`hint("ch90.mean")` when you are stuck)')
    assert noted("ch90.mean") == {"attempts": 0, "passed": False, "hints": 0}


def test_code_without_a_source_is_no_stub() -> None:
    space: dict[str, Any] = {}
    exec("def f(values): ...", space)
    assert "gave `None`" in check("ch90.mean", space["f"]).message


def test_a_function_that_only_has_a_docstring_is_an_answer() -> None:
    def silent(values: list[int]) -> None:
        """Says nothing."""

    assert "gave `None`" in check("ch90.mean", silent).message
    assert "gave `None`" in check("ch90.mean", lambda values: None).message


def test_an_error_of_the_learner_is_named_with_its_line() -> None:
    def halved(values: list[int]) -> float:
        count = 0
        return sum(values) / count

    assert check("ch90.mean", halved).message == (
        "your code raised ZeroDivisionError: division by zero "
        "(line 3 of your function halved)"
    )


def test_an_error_inside_a_library_is_placed_in_the_learners_line() -> None:
    def parsed(values: list[int]) -> Any:
        return json.loads("{")

    message = check("ch90.mean", parsed).message
    assert message.startswith("your code raised JSONDecodeError: Expecting property")
    assert message.endswith("(line 2 of your function parsed)")


def test_the_learners_own_assertions_and_exits_are_theirs() -> None:
    def stern(values: list[int]) -> float:
        assert not values, "too many"
        return 0

    def leaves(values: list[int]) -> float:
        sys.exit("bye")

    assert "your code raised AssertionError" in check("ch90.mean", stern).message
    assert "your code raised SystemExit: bye" in check("ch90.mean", leaves).message


def test_an_error_in_a_cell_is_placed_in_the_cell() -> None:
    code = compile("\n1 / 0", "<cell>", "exec")
    message = check("ch90.mean", lambda values: exec(code)).message
    assert message.endswith("division by zero (line 2 of your cell)")


def test_an_answer_of_another_shape_is_said_to_be_unusable() -> None:
    assert (
        check("ch90.shape", {}).message
        == "I could not use your answer: KeyError: 'items'"
    )
    message = check("ch90.mean", lambda: 2).message
    assert message.startswith("I could not use your answer: TypeError:")


def test_the_first_of_several_errors_is_told() -> None:
    assert check("ch90.group", 1).message == (
        "I could not use your answer: ValueError: first"
    )


def test_a_check_without_words_still_says_something() -> None:
    assert check("ch90.bare", 0).message == "your answer is not what was asked for."


async def seven() -> int:
    return 7


async def eight() -> int:
    return 8


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_asynchronous_check_runs_beside_the_notebooks_loop() -> None:
    assert check("ch90.later", seven).passed
    assert check("ch90.later", eight).message == "expected 7."


def test_strict_mode_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match=r"✗ ch90\.mean · `mean"):
        check("ch90.mean", sum)
    with pytest.raises(AssertionError, match="not yet"):
        check("ch90.mean", ...)
    assert check("ch90.mean", mean).passed


# --- the register -------------------------------------------------------------


def test_exercises_are_found_in_the_order_of_their_file() -> None:
    ids = [task.id.partition(".")[2] for task in exercises("ch90")]
    assert ids == ["mean", "bare", "paging", "later", "group", "shape"]
    assert exercises("ch91") == []
    assert find("ch90.paging").title == "About paging"


@pytest.mark.parametrize(
    ("id", "message"),
    [
        (
            "ch90.pagin",
            "no exercise ch90.pagin in this chapter. Did you mean ch90.paging",
        ),
        ("ch90.zzzzzzzzzzz", "Did you mean ch90.mean or ch90.bare"),
        ("ch91.mean", "It has none"),
        ("ch99.mean", "no chapter ch99; there are: ch90, ch91, ch92"),
        ("mean", "no chapter mean"),
    ],
)
def test_an_unknown_exercise_suggests_close_ones(id: str, message: str) -> None:
    with pytest.raises(LookupError, match=message):
        check(id, 1)


def test_a_course_without_chapters_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapters, "__path__", [])
    with pytest.raises(LookupError, match="there are: none yet"):
        find("ch90.mean")


def test_a_library_that_is_missing_is_not_hidden() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        find("ch92.x")


@pytest.mark.parametrize(
    ("id", "changes", "message"),
    [
        ("paging", {}, "no exercise id"),
        ("ch3.paging", {}, "no exercise id"),
        ("ch90.new", {"hints": ("one", "two")}, "exactly three hints"),
        ("ch90.new", {"hints": ("one", "two", " ")}, "exactly three hints"),
        ("ch90.new", {"hints": "abc"}, "exactly three hints"),
        ("ch90.new", {"title": ""}, "a title and a why"),
        ("ch90.new", {"why": " "}, "a title and a why"),
    ],
)
def test_a_badly_declared_exercise_is_refused(
    id: str, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        exercise(id, **{"title": "New", "hints": HINTS, "why": "So.", **changes})


def test_an_id_is_given_once_but_a_module_may_be_reloaded() -> None:
    declare = exercise("ch90.new", title="New", hints=HINTS, why="So.")

    def first() -> None: ...

    def second() -> None: ...

    assert declare(first) is declare(first)
    with pytest.raises(ValueError, match=r"defined twice: .*first and .*second"):
        declare(second)


def test_an_exercise_lives_in_its_own_chapter() -> None:
    def stray() -> None: ...

    stray.__module__ = "chapters.ch91_bare.exercises"
    with pytest.raises(ValueError, match=r"ch90\.new is defined in ch91"):
        exercise("ch90.new", title="New", hints=HINTS, why="So.")(stray)


# --- the client ---------------------------------------------------------------


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.open = True
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/sightings")
def sightings(limit: int = 3) -> list[dict[str, object]]:
    return [{"species": "kestrel", "station": "HP1"}] * (limit if limit >= 0 else 40)


@app.get("/open")
def is_open() -> bool:
    return bool(app.state.open)


@app.get("/crash")
def crash(by: int = 0) -> float:
    return 1 / by


@app.get("/untrue")
def untrue() -> int:
    return "seven"  # type: ignore[return-value]


@app.get("/raw/{kind}")
def raw(kind: str) -> Response:
    bodies = {
        "png": Response(b"\xff\xfe", media_type="image/png"),
        "bare": Response(b"\xff\xfe"),
        "text": Response("low tide " * 40, media_type="text/plain"),
        "none": Response(status_code=204),
        "broken": Response("{", media_type="application/json"),
    }
    return bodies[kind]


@app.get("/stream")
def stream() -> StreamingResponse:
    return StreamingResponse(iter(["a", "b"]))


@app.post("/photos")
def photo(file: UploadFile) -> str:
    raise HTTPException(413, "too large")


@app.post("/sightings")
def add(sighting: dict[str, Any]) -> dict[str, Any]:
    return sighting


def failure(ask: Callable[[Client], object], status: int = 418, **more: Any) -> str:
    with Client(app) as client, pytest.raises(AssertionError) as caught:
        client.expect(ask(client), status, because="so.", **more)
    return str(caught.value)


def test_a_check_over_http_reads_as_a_conversation() -> None:
    assert check("ch90.paging", app).message == (
        "I asked `GET /sightings?limit=-1` and your app answered `200` "
        "with a list of 40.\nExpected `422`, because a client must hear about nonsense."
    )


def test_the_lifespan_runs_around_the_questions() -> None:
    with Client(app) as client:
        assert client.ask("GET", "/open", because="it opens.").json() is True


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/nowhere", 'your app answered `404` with `{"detail": "Not Found"}`.'),
        ("/raw/png", "`200` with 2 bytes of image/png."),
        ("/raw/bare", "`200` with 2 bytes of something."),
        ("/raw/none", "`204` with an empty body."),
        ("/raw/broken", "`200` with `{`."),
        ("/sightings?limit=0", "`200` with `[]`."),
        ("/stream", "`200` with `ab`."),
    ],
)
def test_what_came_back_is_quoted(path: str, told: str) -> None:
    message = failure(lambda client: client.get(path))
    assert f"I asked `GET {path}` and " in message
    assert f"{told}\nExpected `418`, because so." in message


def test_long_text_is_cut() -> None:
    assert "low tide lo…`." in failure(lambda client: client.get("/raw/text"))
    assert short("x" * 200, 10) == "xxxxxxxxx…"
    assert short({"a": 1}) == "{'a': 1}"


def test_what_was_sent_is_quoted() -> None:
    message = failure(
        lambda client: client.post(
            "/sightings", json={"count": -1}, headers={"X-Station": "HP1"}
        )
    )
    assert message.startswith(
        'I asked `POST /sightings` with `{"count": -1}` and `x-station: HP1` and your '
    )


def test_a_form_and_an_unread_stream_are_named() -> None:
    message = failure(lambda client: client.post("/photos", files={"file": b"owl"}))
    assert "I asked `POST /photos` with a form and your app answered `413`" in message

    def unread(client: Client) -> Any:
        request = client.build_request("GET", "/stream")
        return client.send(request, stream=True)

    assert "your app answered `200` with" in failure(unread)


def test_an_unread_stream_is_called_a_stream() -> None:
    import httpx2

    request = httpx2.Request("GET", "http://testserver/stream")
    reply = httpx2.Response(200, stream=httpx2.ByteStream(b"x"), request=request)
    assert failure(lambda client: reply).startswith(
        "I asked `GET /stream` and your app answered `200` with a stream."
    )


def test_a_500_quotes_the_error_and_its_line() -> None:
    message = failure(lambda client: client.get("/crash"), 200)
    assert (
        "answered `500`: your code raised ZeroDivisionError: division by zero "
        "(line 3 of your function crash)." in message
    )
    assert (
        "`500`: your code raised ResponseValidationError: 1 validation error"
        in failure(lambda client: client.get("/untrue"), 200)
    )
    assert "division" not in failure(lambda client: client.get("/crash?by=1"))


def test_several_statuses_may_be_right() -> None:
    with Client(app) as client:
        client.expect(client.get("/open"), (200, 204), because="so")
        with pytest.raises(AssertionError, match="Expected `201` or `204`, because so"):
            client.expect(client.get("/open"), (201, 204), because="so")


def test_a_body_may_be_expected() -> None:
    with Client(app) as client:
        client.expect(client.get("/open"), 200, because="so", json=True)
    message = failure(lambda client: client.get("/open"), 200, json={"open": True})
    assert message.endswith('with `true`.\nExpected `{"open": true}`, because so.')


@pytest.mark.parametrize(
    ("answer", "words"),
    [("app", "got `app`"), (7, "got `7`"), (FastAPI, "got `<class")],
)
def test_what_is_no_app_is_said(answer: object, words: str) -> None:
    assert words in check("ch90.paging", answer).message


def test_an_app_still_to_be_written_is_not_yet() -> None:
    with pytest.raises(NotImplementedError):
        Client(...)


def test_a_lifespan_that_fails_is_the_learners_error() -> None:
    @asynccontextmanager
    async def broken(app: FastAPI) -> AsyncIterator[None]:
        if app.title:
            raise ValueError("no pond")
        yield

    assert check("ch90.paging", FastAPI(lifespan=broken)).message == (
        "your code raised ValueError: no pond (line 4 of your function broken)"
    )


# --- hints --------------------------------------------------------------------


def test_hints_come_one_by_one_and_the_last_one_stays(
    printed: Callable[[], str],
) -> None:
    for _ in range(4):
        hint("ch90.mean")
    last = (
        "Hint 3 of 3: which call (the last one; `make solution-90` opens the solutions)"
    )
    assert printed().splitlines() == [
        'Hint 1 of 3: which idea (`hint("ch90.mean")` for the next)',
        'Hint 2 of 3: which tool (`hint("ch90.mean")` for the next)',
        *[last, last],
    ]
    assert noted("ch90.mean")["hints"] == 3


def test_after_a_failed_check_comes_the_second_hint(printed: Callable[[], str]) -> None:
    check("ch90.mean", sum)
    hint("ch90.mean")
    assert printed().startswith("Hint 2 of 3")


def test_a_hint_can_be_chosen_and_leaves_no_trace(printed: Callable[[], str]) -> None:
    hint("ch90.mean", 2)
    assert printed().startswith("Hint 2 of 3: which tool")
    assert not checks.progress_file().exists()
    with pytest.raises(ValueError, match="three hints: 1, 2 and 3"):
        hint("ch90.mean", 4)


# --- progress -----------------------------------------------------------------


def test_progress_shows_every_chapter(printed: Callable[[], str]) -> None:
    check("ch90.mean", mean)
    progress()
    lines = [line.split() for line in printed().splitlines()]
    assert lines[2] == ["ch90", "The", "pond", "1", "of", "6", "✓·····"]
    assert lines[3] == ["ch91", "bare", "0", "of", "0"]
    assert lines[4][:2] == ["ch92", "broken"]


@pytest.mark.parametrize("chapter", [90, "90", "ch90", "ch90_pond"])
def test_progress_of_one_chapter(
    printed: Callable[[], str], chapter: str | int
) -> None:
    check("ch90.mean", mean)
    progress(chapter)
    lines = printed().splitlines()
    assert lines[2].split() == ["✓", "ch90.mean", "About", "mean", "1", "0"]
    assert lines[3].split() == ["·", "ch90.bare", "About", "bare", "0", "0"]


def test_progress_of_no_chapter() -> None:
    with pytest.raises(LookupError, match="no chapter pond"):
        progress("pond")


def test_progress_is_kept_in_work_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_PROGRESS")
    assert (
        checks.progress_file() == Path(__file__).parents[2] / "work" / "progress.json"
    )


@pytest.mark.parametrize(
    "damage",
    [b"{", b"[]", b'{"ch90.mean": 1}', b'{"ch90.mean": {"hints": "two"}}', b"\xff"],
)
def test_a_damaged_file_is_kept_and_that_is_said(damage: bytes) -> None:
    path = checks.progress_file()
    path.parent.mkdir(parents=True)
    for name in ("progress.json.broken", "progress.json.broken-2"):
        path.write_bytes(damage)
        result = check("ch90.mean", mean)
        assert f"kept as {name}; a new one begins" in repr(result)
        assert path.with_name(name).read_bytes() == damage
        assert noted("ch90.mean")["passed"]


def test_damage_is_said_by_hint_and_progress_too(printed: Callable[[], str]) -> None:
    path = checks.progress_file()
    path.parent.mkdir(parents=True)
    path.write_text("{")
    hint("ch90.mean")
    assert printed().endswith("kept as progress.json.broken; a new one begins.)\n")
    path.write_text("{")
    progress()
    assert printed().endswith("kept as progress.json.broken-2; a new one begins.)\n")


def test_what_cannot_be_read_is_left_alone(printed: Callable[[], str]) -> None:
    checks.progress_file().mkdir(parents=True)
    assert "(Progress was not saved: Is a directory.)" in repr(check("ch90.mean", mean))
    progress()
    assert "(Progress cannot be read: Is a directory.)" in printed()
    hint("ch90.mean")
    assert printed().startswith("Hint 1 of 3")
    assert checks.progress_file().is_dir()


def test_a_failed_write_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    check("ch90.mean", mean)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert "not saved: No space left" in repr(check("ch90.bare", 1))
    assert noted("ch90.mean")["passed"]
    assert not list(checks.progress_file().parent.glob(".progress-*"))


def test_what_the_course_no_longer_knows_is_kept() -> None:
    path = checks.progress_file()
    path.parent.mkdir(parents=True)
    path.write_text('{"ch01.gone": {"passed": true, "mood": "good"}}')
    check("ch90.mean", mean)
    assert noted("ch01.gone") == {"passed": True, "mood": "good"}


def _ask_often(id: str) -> None:
    for _ in range(20):
        checks._note(id, attempts=True)


def test_two_notebooks_may_note_at_once() -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_ask_often, ["ch90.mean", "ch90.mean"]))
    assert noted("ch90.mean")["attempts"] == 40
