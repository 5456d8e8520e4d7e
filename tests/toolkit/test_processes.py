"""A launched process is real, says why it fails, and never outlives its notebook."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import httpx
import psutil
import pytest
from starlette.applications import Starlette

from chapters.toolkit import processes
from chapters.toolkit.processes import (
    LaunchError,
    Process,
    environment,
    exception_line,
    launch,
    public_url,
)
from tests.toolkit.ponds import FOREVER, POND

# -- what can be launched ---------------------------------------------------


@pytest.mark.parametrize("target", ["heronry", "heronry.app", "heronry.app:other"])
def test_a_package_a_module_and_an_attribute_are_served(
    write: Callable[[str, str], Path], target: str
) -> None:
    write("heronry/__init__.py", "")
    folder = write("heronry/app.py", POND).parent.parent
    api = launch(target, cwd=folder)
    name = "Salt Marsh" if target.endswith("other") else "Heron Pond"
    assert api.get("/name").text == name
    assert repr(api) == f"<Process {target}: running>"


def test_a_file_is_served_from_its_folder(pond: Path) -> None:
    with launch(pond) as api:
        for method in ("get", "post", "put", "patch", "delete"):
            assert getattr(api, method)("/echo").text == method.upper()
        with api.stream("GET", "/endless") as reply:
            assert next(reply.iter_bytes()).startswith(b"kraak")
        assert api.pid == api.get("/family").json()[0]
        assert psutil.Process(api.pid).cwd() == str(pond.parent)
    assert repr(api) == "<Process pond.py: stopped>"
    assert not Path(api._folder).exists()


def test_a_file_of_a_package_may_import_its_neighbours(
    write: Callable[[str, str], Path],
) -> None:
    write("marsh/__init__.py", "")
    write("marsh/birds.py", "from pond import app")
    file = write("marsh/app.py", "from .birds import app")
    write("pond.py", POND)
    assert launch(str(file)).get("/echo").status_code == 200


def test_several_workers_share_one_port(pond: Path) -> None:
    api = launch(pond, workers=2)
    crew = {child.pid for child in psutil.Process(api.pid).children()}
    answers = {
        httpx.get(f"{api.url}/family", trust_env=False).json()[0] for _ in range(20)
    }
    assert answers <= crew
    victim = answers.pop()
    os.kill(victim, signal.SIGKILL)
    assert api.until(rf"Child process \[{victim}\] died")
    assert api.get("/echo").status_code == 200


def test_any_command_runs_and_may_say_when_it_is_ready() -> None:
    code = f"print('wardens: listening'); {FOREVER}"
    api = launch(["python", "-c", code], name="wardens", ready="listening$")
    assert api.lines("wardens") == [api.until("listening")]
    with pytest.raises(LaunchError, match="wardens has no port"):
        _ = api.url


def test_a_command_without_a_sign_is_ready_when_it_stays() -> None:
    assert launch([sys.executable, "-c", FOREVER], name="nap").running


def test_a_command_gets_the_port_it_asks_for(tmp_path: Path) -> None:
    (tmp_path / "kestrel.txt").write_text("kee-kee-kee")
    command = ["python", "-m", "http.server", "{port}", "--bind", "127.0.0.1"]
    api = launch(command, cwd=tmp_path)
    assert api.name == " ".join(command)
    assert api.get("/kestrel.txt").text == "kee-kee-kee"


def test_a_function_may_say_when_a_command_is_ready() -> None:
    def listens(process: Process) -> None:
        assert process.lines("ok")

    code = f"print('ok'); {FOREVER}"
    assert launch(["python", "-c", code], name="ok", ready=listens).running


def test_an_app_is_found_in_its_module_but_not_in_the_notebook(
    pond: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LaunchError, match="write it to a file"):
        launch(app := Starlette())
    monkeypatch.setitem(sys.modules, "pond", module := ModuleType("pond"))
    module.other = app  # type: ignore[attr-defined]
    api = launch(app, cwd=pond.parent)
    assert api.name == "pond:other"
    assert api.get("/name").text == "Salt Marsh"


def test_children_find_our_code_and_commands_and_write_no_colours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    code = "import chapters; from os import environ as e"
    code += f"; print('saw', e['PR2'], 'FORCE_COLOR' in e); {FOREVER}"
    pine = {"PR2": "Pine Ridge"}
    api = launch(["python", "-c", code], name="look", env=pine, ready="saw")
    assert api.log() == "saw Pine Ridge False"
    assert environment()["PYTHONPATH"].split(os.pathsep)[0] == str(processes.ROOT)


# -- ports and replacement --------------------------------------------------


def test_launching_again_replaces_the_process_and_keeps_its_port(pond: Path) -> None:
    first = launch(pond)
    again = launch(pond)
    assert not first.running
    assert again.port == first.port
    assert again.pid != first.pid
    assert again.get("/echo").status_code == 200
    assert "the pond is drained" in first.log()


@pytest.mark.parametrize("server", ["app", "command"])
def test_a_taken_port_is_not_fatal(pond: Path, server: str) -> None:
    command = ["python", "-m", "http.server", "{port}", "--bind", "127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        api = launch(pond if server == "app" else command, port=port)
        assert api.port != port
        assert api.get("/").status_code in (200, 404)


def test_a_free_port_can_be_asked_for(pond: Path) -> None:
    (port,) = processes.free_ports(1)
    assert launch(pond, port=port).url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}, "/user/ada/proxy/8000"),
        (
            {
                "JUPYTERHUB_SERVICE_PREFIX": "/user/ada",
                "JUPYTERHUB_HOST": "https://hub",
            },
            "https://hub/user/ada/proxy/8000",
        ),
        ({"CODESPACE_NAME": "wren"}, "http://127.0.0.1:8000"),
        (
            {
                "CODESPACE_NAME": "wren",
                "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "app.github.dev",
            },
            "https://wren-8000.app.github.dev",
        ),
    ],
)
def test_the_browser_s_address_is_right(environ: dict[str, str], expected: str) -> None:
    assert public_url("http://127.0.0.1:8000", environ) == expected


def test_an_app_behind_a_hub_knows_its_prefix(
    pond: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    api = launch(pond)
    assert api.public_url == f"/user/ada/proxy/{api.port}"
    assert api.get("/place").text == f"{api.url}{api.public_url}/echo"


# -- what goes wrong, and what it says --------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_an_app_that_raises_on_import_says_so(
    write: Callable[[str, str], Path], workers: int
) -> None:
    file = write("bad.py", "raise ValueError('no station file')")
    with pytest.raises(LaunchError) as caught:
        launch(file, workers=workers)
    first, *rest = str(caught.value).splitlines()
    assert first == "bad.py did not start: ValueError: no station file"
    assert rest[0] == "The end of its log:"
    assert any('bad.py", line 1, in <module>' in line for line in rest)


def test_an_app_that_raises_at_start_up_says_so(
    write: Callable[[str, str], Path],
) -> None:
    broken = POND.replace('print("the pond is filling")', 'raise OSError("pump")')
    with pytest.raises(LaunchError, match=r"pond.py did not start: OSError: pump\n"):
        launch(write("pond.py", broken))


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("chapters.nowhere", "Could not import module"),
        ("nowhere.at.all", "No module named 'nowhere'"),
        ("chapters.toolkit.lifeline", 'Attribute "app" not found'),
    ],
)
def test_an_app_that_is_not_there_is_named(target: str, complaint: str) -> None:
    with pytest.raises(LaunchError, match=f"{target} did not start: .*{complaint}"):
        launch(target)


def test_what_cannot_be_started_at_all_is_named(tmp_path: Path, pond: Path) -> None:
    with pytest.raises(LaunchError, match=r"no file 'nothing\.py'"):
        launch(tmp_path / "nothing.py")
    with pytest.raises(LaunchError, match="no command 'otterd' here"):
        launch(["otterd", "--serve"])
    with pytest.raises(LaunchError, match="no folder 'nowhere'"):
        launch(pond, cwd="nowhere")


def test_a_server_that_hangs_meets_its_deadline(
    write: Callable[[str, str], Path],
) -> None:
    slow = POND.replace("    yield", "    await anyio.Event().wait()\n    yield", 1)
    file = write("slow.py", slow)
    with pytest.raises(LaunchError) as caught:
        launch(file, deadline=8)
    first, _, *log = str(caught.value).splitlines()
    assert first == "slow.py did not answer within 8 s"
    assert log[-1] == "the pond is filling"


def test_a_silent_command_meets_its_deadline() -> None:
    with pytest.raises(LaunchError, match=r"mute did not answer within 0.2 s\n.*\n\(e"):
        launch(["python", "-c", FOREVER], name="mute", deadline=0.2, ready="spoke")
    with pytest.raises(LaunchError, match=r"mute did not answer within 0 s"):
        launch(["python", "-c", FOREVER], name="mute", deadline=0)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("print('bye'); raise SystemExit(3)", "ended with exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "ended with exit code 137"),
        ("1 / 0", "did not start: ZeroDivisionError: division by zero"),
    ],
)
def test_a_command_that_ends_says_how(
    monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    monkeypatch.setattr(processes, "MOMENT", 30)
    with pytest.raises(LaunchError, match=f"^brief {reason}\n"):
        launch(["python", "-c", code], name="brief")


def test_a_guard_that_never_starts_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        processes, "python", lambda *_: [sys.executable, "-c", "exit(7)"]
    )
    with pytest.raises(LaunchError, match="x ended with exit code 7"):
        launch(["python", "-c", FOREVER], name="x")


def test_a_pattern_that_never_comes_is_reported() -> None:
    api = launch(["python", "-c", f"print('a'); {FOREVER}"], name="quiet", ready="a")
    with pytest.raises(LaunchError, match=r"quiet wrote no line like 'b' within 0.1 s"):
        api.until("b", timeout=0.1)


def test_a_stopped_process_says_so_and_keeps_its_log(pond: Path) -> None:
    api = launch(pond)
    api.stop()
    api.stop()
    assert "the pond is drained" in api.log()
    with pytest.raises(LaunchError, match=r"pond.py is not running; run the cell"):
        api.get("/echo")
    with pytest.raises(LaunchError, match=r"pond.py ended"):
        api.until("the otter")


def test_an_interrupted_launch_leaves_nothing_behind() -> None:
    seen: list[Process] = []

    def interrupt(process: Process) -> None:
        seen.append(process)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        launch(["python", "-c", FOREVER], name="cut", ready=interrupt)
    assert not seen[0].running


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("", ""),
        ("all is well\n", ""),
        ("ERROR:    one\nERROR:    two\nINFO: x", "two"),
        (
            "Traceback (most recent call last):\n  File\n\nKeyError: 1\nmore",
            "KeyError: 1",
        ),
        ("Traceback (most recent call last):\n  cut", ""),
    ],
)
def test_the_exception_is_found_in_a_log(log: str, line: str) -> None:
    assert exception_line(log) == line
