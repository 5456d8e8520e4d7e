"""Chapter 1: the stations answer, the client is real, and the environment is known."""

import json
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from chapters import ch01_environment
from chapters.ch01_environment import (
    exercises,
    fingerprints,
    fresh_venv,
    http_client,
    imports,
    installed,
    interpreter,
    ports,
    requirements_lines,
    versions,
)
from chapters.toolkit import check, launch
from chapters.toolkit.processes import Process

ROOM = Path(ch01_environment.__file__).parent
ROOT = ROOM.parents[1]
SOLUTIONS = ROOT / "tests" / "solutions" / "ch01_environment"
LOCK = ROOT / "requirements" / "course.lock"


@pytest.fixture(scope="module")
def api() -> Iterator[Process]:
    with launch("chapters.ch01_environment", name="test_ch01") as running:
        yield running


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        yield first.getsockname()[1]


def run(file: str, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [file, *arguments])
    runpy.run_path(str(ROOM / file), run_name="__main__")


# --- the stations -------------------------------------------------------------


def test_the_list_can_be_narrowed_to_a_habitat(api: Process) -> None:
    everywhere = {one["code"] for one in api.get("/stations").json()}
    wet = [one["code"] for one in api.get("/stations?habitat=marsh").json()]
    assert everywhere >= {"HP1", "PR2", "SM3"}
    assert wet == ["SM3"]
    assert api.get("/stations?habitat=moon").status_code == 422


def test_one_station_or_a_404(api: Process) -> None:
    assert api.get("/stations/PR2").json()["altitude"] == 1140
    missing = api.get("/stations/ZZ9")
    assert missing.status_code == 404
    assert missing.json() == {"detail": "No station has the code ZZ9."}


def test_a_station_opens_once(api: Process) -> None:
    station = {"code": "OW4", "name": "Old Wood", "habitat": "forest", "altitude": 310}
    assert api.post("/stations", json=station).status_code == 201
    assert api.get("/stations/OW4").json() == station
    assert api.post("/stations", json=station).status_code == 409


@pytest.mark.parametrize("wrong", [{"code": "owl"}, {"altitude": "310"}])
def test_an_impossible_station_is_refused(api: Process, wrong: dict[str, Any]) -> None:
    station = {"code": "OW9", "name": "Old Wood", "habitat": "forest"} | wrong
    reply = api.post("/stations", json=station)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"][-1] == next(iter(wrong))


def test_echo_and_arrivals_tell_what_arrived(api: Process) -> None:
    reply = api.post("/echo?dry=yes", json={"a": 1}, headers={"X-Observer": "ada"})
    assert reply.json() == {
        "method": "POST",
        "query": {"dry": "yes"},
        "headers": {"x-observer": "ada"},
        "body": '{"a":1}',
    }
    latest = api.get("/arrivals").json()[-1]
    assert (latest["path"], latest["headers"]["x-observer"]) == ("/echo", "ada")
    assert api.get("/arrivals").json()[-1] == latest


def test_running_the_package_needs_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as first:
        first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if not ports.is_taken(8001):
            first.bind(("127.0.0.1", 8001))
            first.listen()
        with pytest.raises(SystemExit) as stopped:
            run("__main__.py", monkeypatch=monkeypatch)
    assert stopped.value.code


# --- the HTTP client ----------------------------------------------------------


def test_httpie_shows_request_and_reply(api: Process) -> None:
    done = http_client.http("-v", f"{api.url}/stations/SM3", "X-Observer:ada")
    assert done.exit_code == 0
    assert done.steady.startswith("GET /stations/SM3 HTTP/1.1\n")
    assert "X-Observer: ada" in done.steady
    assert "HTTP/1.1 200 OK" in done.steady
    assert "date:" in done.output.lower()
    assert "date:" not in done.steady.lower()


def test_httpie_reads_the_body_from_a_pipe(api: Process) -> None:
    done = http_client.http(f"{api.url}/echo", stdin='{"wings": 2}')
    assert json.loads(done.output)["body"] == '{"wings": 2}'


def test_httpie_says_with_its_exit_code_what_went_wrong(api: Process) -> None:
    refused = http_client.http("--check-status", f"{api.url}/stations/ZZ9")
    assert refused.exit_code == 4
    assert "404" in refused.error
    assert http_client.http("http://127.0.0.1:9/").exit_code == 1


def test_httpie_leaves_no_trace_at_home(tmp_path: Path) -> None:
    code = "from chapters.ch01_environment.http_client import http\n"
    code += "print(http('--offline', ':/stations').exit_code)"
    env = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.check_output([sys.executable, "-c", code], env=env, text=True)
    assert done.strip() == "0"
    assert list(tmp_path.iterdir()) == []


def test_the_client_as_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("http_client.py", "--offline", ":/a", "b=1", monkeypatch=monkeypatch)
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("POST /a HTTP/1.1")


# --- the environment ----------------------------------------------------------


def test_the_interpreter_knows_where_it_is() -> None:
    here = interpreter.here()
    assert here.version == tuple(sys.version_info[:3])
    assert here.in_venv == (sys.prefix != sys.base_prefix)
    assert here.isolated == (here.in_venv or here.in_conda)


def test_conda_is_known_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    conda = interpreter.Interpreter((3, 11, 0), tmp_path, tmp_path)
    assert (conda.in_venv, conda.in_conda, conda.isolated) == (False, True, True)


def test_a_fresh_environment_has_the_language_and_no_packages(tmp_path: Path) -> None:
    python = fresh_venv.make(tmp_path / "venv")
    answer = interpreter.ask(python)
    assert answer.prefix.samefile(tmp_path / "venv")
    assert answer.base_prefix == interpreter.here().base_prefix
    assert fresh_venv.sees(python, "json")
    assert not fresh_venv.sees(python, "fastapi")


def test_a_line_of_dependencies_is_read() -> None:
    line = requirements_lines.read("FastAPI[standard]>=0.165; sys_platform != 'win32'")
    assert line == requirements_lines.Line(
        name="fastapi",
        extras=("standard",),
        versions=">=0.165",
        marker='sys_platform != "win32"',
    )
    bare = requirements_lines.read("httpx")
    assert (bare.versions, bare.marker) == ("any", "always")


@pytest.mark.parametrize(
    ("line", "python", "system", "counts"),
    [
        ("httpx", None, None, True),
        ("uvloop; sys_platform != 'win32'", None, "win32", False),
        ("uvloop; sys_platform != 'win32'", None, "linux", True),
        ("tomli; python_version < '3.11'", "3.10.8", None, True),
        ("tomli; python_full_version < '3.11'", "3.13.1", None, False),
    ],
)
def test_a_marker_says_for_whom(
    line: str, python: str | None, system: str | None, counts: bool
) -> None:
    assert requirements_lines.applies(line, python, system) is counts


def test_the_lock_is_compared_with_what_is_installed() -> None:
    fastapi = metadata.version("fastapi")
    text = f"fastapi=={fastapi} \\\n    --hash=sha256:00\nhttpx==0.0.1\nkestrel==1.0\n"
    text += "pony==1.0 ; sys_platform == 'beos'\n# a comment\n"
    drift = installed.compare(text)
    assert drift.missing == ["kestrel"]
    assert drift.different == ["httpx"]
    assert "fastapi" not in drift.unlocked
    assert "uvicorn" in drift.unlocked


def test_the_course_lock_is_readable() -> None:
    pins = dict(installed.locked(LOCK.read_text()))
    assert {"fastapi", "httpie", "uvicorn"} <= pins.keys()
    assert pins["fastapi"] >= Version("0.165")


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("sys", "inside the interpreter"),
        ("json", "standard library"),
        ("fastapi", "site-packages"),
        ("chapters", "a local file"),
        ("kestrel", "nowhere"),
    ],
)
def test_a_module_has_a_home(name: str, home: str) -> None:
    assert imports.home(name) == home


def test_a_file_named_like_a_library_hides_it(tmp_path: Path) -> None:
    for name in ("httpx", "json", "barn_owl"):
        (tmp_path / f"{name}.py").touch()
    assert imports.shadows(tmp_path) == ["httpx", "json"]


def test_a_hidden_library_lacks_what_it_had(tmp_path: Path) -> None:
    (tmp_path / "httpx.py").touch()
    (tmp_path / "ask.py").write_text("import httpx\n\nhttpx.get\n")
    words = "AttributeError: module 'httpx' has no attribute 'get'"
    assert imports.last_words(tmp_path / "ask.py") == words


@pytest.mark.parametrize(
    ("feature", "on", "phase"),
    [
        ("3.14", date(2025, 1, 1), versions.Phase.PLANNED),
        ("3.12", date(2025, 4, 1), versions.Phase.BUGFIX),
        ("3.12", date(2025, 5, 1), versions.Phase.SECURITY),
        ("3.13", date(2026, 10, 1), versions.Phase.BUGFIX),
        ("3.11", date(2026, 11, 1), versions.Phase.SECURITY),
        ("3.10", date(2026, 10, 31), versions.Phase.SECURITY),
        ("3.10", date(2026, 11, 1), versions.Phase.ENDED),
    ],
)
def test_a_python_has_a_life(feature: str, on: date, phase: versions.Phase) -> None:
    assert versions.phase(feature, on) is phase


def test_the_second_number_is_a_feature_release() -> None:
    assert versions.step("3.11.7", "3.11.14").startswith("bug-fix release")
    assert versions.step("3.11.7", "3.13.0").startswith("feature release")


def test_a_tampered_wheel_is_refused(tmp_path: Path) -> None:
    promise = fingerprints.lock_line(fingerprints.wheel(tmp_path, "COLOUR = 'blue'\n"))
    assert fingerprints.install(tmp_path, promise).returncode == 0
    assert (tmp_path / "site" / "plumage.py").is_file()
    fingerprints.wheel(tmp_path, "COLOUR = 'black'\n")
    refused = fingerprints.install(tmp_path, promise)
    assert refused.returncode == 1
    assert "Hash mismatch for `plumage==1.0`" in refused.stderr


def test_a_port_belongs_to_one_server(taken: int) -> None:
    assert ports.is_taken(taken)
    second = ports.serve_there(taken)
    assert second.returncode != 0
    assert "address already in use" in second.stderr.lower()


@pytest.mark.parametrize(
    ("file", "arguments", "says"),
    [
        ("interpreter.py", [], "Interpreter(version=(3, "),
        ("fresh_venv.py", [], "json: True fastapi: False"),
        ("requirements_lines.py", ["a[b]>1"], "Line(name='a', extras=('b',)"),
        ("installed.py", [str(LOCK)], "Drift(missing=["),
        ("imports.py", ["json"], "json comes from standard library"),
        ("versions.py", [], "3.10 "),
        ("fingerprints.py", [], "as locked: 0\ntampered:  1"),
        ("ports.py", ["1"], "free"),
    ],
)
def test_a_lesson_runs_as_a_program(
    file: str,
    arguments: list[str],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(file, *arguments, monkeypatch=monkeypatch)
    assert says in capsys.readouterr().out


# --- the exercises ------------------------------------------------------------


@pytest.fixture(autouse=True)
def own_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COURSE_STRICT", "")


def answer(exercise: str, name: str) -> Any:
    return runpy.run_path(str(SOLUTIONS / f"{exercise}.py"))[name]


def test_the_server_is_the_witness() -> None:
    def arrival(method: str, path: str, body: str = "", **headers: str) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"method": method, "path": path, "body": body, "headers": names}

    first, nothing = arrival("GET", "/stations"), arrival("POST", "/stations")
    body = '{"code": "OW4", "name": "Old Wood", "habitat": "forest"}'
    json_post = arrival("POST", "/stations", body, content_type="application/json")
    ada = arrival("GET", "/echo", x_observer="ada")
    exercises.judge([first, json_post, ada])
    for arrivals, says in (
        ([], "heard nothing"),
        ([first, nothing, ada], "content type `nothing`"),
        ([first, json_post | {"body": "{}"}, ada], "gave `{}`"),
        ([first, json_post, arrival("GET", "/echo")], "without the header"),
    ):
        with pytest.raises(AssertionError, match=says):
            exercises.judge(arrivals)


def mended(**changes: str) -> str:
    good: str = answer("fix_pyproject", "mended")
    for old, new in changes.items():
        good = good.replace(old, new)
    return good


NO_LIST = """
[project]
name = "field-notes"
version = "1"
requires-python = ">=3.11"
dependencies = "fastapi[standard]"
"""


@pytest.mark.parametrize(
    ("exercise", "given", "says"),
    [
        ("ch01.report", dict, "Expected a key `python`"),
        ("ch01.report", list, "got `[]`. Expected a dict of three facts"),
        ("ch01.requirement", str, "Expected a tuple of three"),
        ("ch01.httpie-items", list, "Expected a dict with the keys method"),
        ("ch01.fix-pyproject", "[project", "it is no TOML"),
        ("ch01.fix-pyproject", "[project]", "no name and no version"),
        ("ch01.fix-pyproject", mended(httpie="httpx"), "mending a line is not"),
        ("ch01.fix-pyproject", mended(**{"httpie>=3.2": "httpie"}), "its versions"),
        ("ch01.fix-pyproject", mended(**{"0.1.0": "first"}), "`version` is `first`"),
        ("ch01.fix-pyproject", NO_LIST, "Expected a list of texts"),
        ("ch01.fix-pyproject", 3, "not yet"),
    ],
)
def test_odd_answers_hear_what_was_expected(
    exercise: str, given: object, says: str
) -> None:
    first, second = check(exercise, given), check(exercise, given)
    assert says in first.message
    assert second.message == first.message


def test_a_name_may_be_written_in_capitals() -> None:
    given = mended(httpie="HTTPie", fastapi="FastAPI")
    assert check("ch01.fix-pyproject", given).passed


def test_broken_lines_of_a_pyproject_are_named() -> None:
    single = mended().replace("httpie>=3.2", "httpie = 3.2")
    assert "`httpie = 3.2`" in check("ch01.fix-pyproject", single).message
    bounds = mended().replace(">=3.11", "3.11 or newer")
    assert "`3.11 or newer`" in check("ch01.fix-pyproject", bounds).message


def test_the_check_of_the_report_puts_the_prefix_back() -> None:
    before = sys.prefix
    with exercises.without_venv():
        assert sys.prefix == sys.base_prefix
    assert sys.prefix == before
