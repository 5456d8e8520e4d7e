"""A launched process is real, says why it fails, and never outlives its notebook."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import psutil
import pytest
from jupyter_client.manager import start_new_kernel
from starlette.applications import Starlette

from chapters.toolkit import lifeline, processes
from chapters.toolkit.processes import (
    LaunchError,
    Process,
    environment,
    exception_line,
    launch,
    public_url,
    stop_all,
)

POND = """
import os, subprocess, sys
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse

NAP = [sys.executable, "-S", "-c", "import threading; threading.Event().wait()"]


@asynccontextmanager
async def lifespan(app):
    print("the pond is filling")
    app.state.nap = subprocess.Popen(NAP)
    yield
    print("the pond is drained")


def echo(request):
    return PlainTextResponse(request.method)


def place(request):
    return PlainTextResponse(str(request.url_for("echo")))


def family(request):
    return JSONResponse([os.getpid(), app.state.nap.pid])


def endless(request):
    async def calls():
        while True:
            yield b"kraak" * 1000
            await anyio.sleep(0.01)

    return StreamingResponse(calls())


def named(name):
    app = Starlette(lifespan=lifespan)
    app.add_route("/name", lambda request: PlainTextResponse(name))
    app.add_route("/echo", echo, ["GET", "POST", "PUT", "PATCH", "DELETE"])
    for view in (place, family, endless):
        app.add_route("/" + view.__name__, view)
    return app


app = named("Heron Pond")
other = named("Salt Marsh")
"""

FOREVER = "import threading; threading.Event().wait()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    stop_all()
    assert not processes._running


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def write_file(name: str, text: str) -> Path:
        (file := tmp_path / name).parent.mkdir(exist_ok=True)
        file.write_text(text)
        return file

    return write_file


@pytest.fixture
def pond(write: Callable[[str, str], Path]) -> Path:
    return write("pond.py", POND)


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_gone(pids: list[int], limit: float) -> list[int]:
    """Those of the processes that still live when the time is up."""
    end, clock = time.monotonic() + limit, threading.Event()
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < end:
        clock.wait(0.02)
    return left


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


# -- how it ends ------------------------------------------------------------


def test_what_ignores_a_polite_request_is_killed() -> None:
    api = launch(
        ["python", "-c", f"{DEAF}; print('d'); {FOREVER}"], name="deaf", ready="d"
    )
    api.stop(grace=0.2)
    assert api.wait() == 128 + signal.SIGKILL


def test_a_guard_told_to_leave_early_starts_nothing(tmp_path: Path) -> None:
    plan = {"commands": [["no such command"]], "folder": str(tmp_path)}
    ours, theirs = os.pipe()
    guard = lifeline.Guard(plan, str(theirs))
    guard.end()
    guard.end()
    assert guard.run_commands() == 0
    os.close(theirs)
    os.close(ours)


@pytest.mark.parametrize("hurt", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_a_hurt_guard_still_ends_the_family(
    pond: Path, hurt: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MARGIN", 0.1)
    api = launch(pond)
    family = api.get("/family").json()
    os.kill(api._guard.pid, hurt)
    if hurt != signal.SIGSTOP:
        api.wait(5)
    api.stop(grace=0.1)
    assert wait_gone(family, 2) == []


def test_a_killed_server_takes_its_children_with_it(pond: Path) -> None:
    api = launch(pond)
    pid, nap = api.get("/family").json()
    os.kill(pid, signal.SIGKILL)
    assert api.wait(5) == 128 + signal.SIGKILL
    assert wait_gone([nap], 1) == []


PARENT = """
import os, sys
from chapters.toolkit.processes import launch
{before}
api = launch({target}, ready={ready})
print(api._guard.pid, api.pid, *({family}), flush=True)
{after}
sys.stdin.read()
"""


@pytest.fixture
def parent() -> Iterator[Callable[..., tuple[subprocess.Popen[str], list[int]]]]:
    """Starts a Python that launches something; that Python and the family's ids."""
    started: list[subprocess.Popen[str]] = []

    def start(target: str, **texts: str) -> tuple[subprocess.Popen[str], list[int]]:
        defaults = {"before": "", "after": "", "ready": "None"}
        defaults["family"] = "api.get('/family').json()"
        code = PARENT.format(target=target, **(defaults | texts))
        child = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
            start_new_session=True,
        )
        started.append(child)
        assert child.stdout is not None
        return child, [int(word) for word in child.stdout.readline().split()]

    yield start
    for child in started:
        with child:
            child.kill()


CRY = f"{DEAF}; import subprocess, sys\n"  # a deaf parent's children are deaf as well
CRY += f"p = subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
CRY += f"print('nap', p.pid); {FOREVER}"
INTERRUPT = """import signal
def handle(*_):
    print("interrupted", api.get("/echo").status_code, flush=True)
signal.signal(signal.SIGINT, handle)
"""
ENDLESS = (
    "reply = api.client.send(api.client.build_request('GET', '/endless'), stream=True)"
)
FORK = (
    "if os.fork() == 0:\n    import threading; threading.Event().wait(6); os._exit(0)"
)


@pytest.mark.parametrize(
    "case", ["two workers", "streaming", "forked sibling", "deaf command"]
)
def test_kill_nine_of_the_notebook_ends_the_whole_family(
    pond: Path, parent: Callable[..., Any], case: str
) -> None:
    target, texts = repr(str(pond)), {}
    if case == "two workers":
        target += ", workers=2"
    elif case == "streaming":
        texts["after"] = ENDLESS
    elif case == "forked sibling":
        texts["after"] = FORK
    elif case == "deaf command":
        target = repr(["python", "-c", CRY])
        texts = {"ready": "'nap'", "family": "[api.lines('nap')[0].split()[1]]"}
    notebook, family = parent(target, **texts)
    assert all(alive(pid) for pid in family)
    os.kill(notebook.pid, signal.SIGKILL)
    assert wait_gone(family, 2.0) == []


def test_an_interrupt_leaves_the_server_up(
    pond: Path, parent: Callable[..., Any]
) -> None:
    notebook, family = parent(repr(str(pond)), before=INTERRUPT)
    os.killpg(notebook.pid, signal.SIGINT)
    assert notebook.stdout.readline() == "interrupted 200\n"
    assert all(alive(pid) for pid in family)


def test_the_end_of_a_program_stops_what_it_launched(pond: Path) -> None:
    code = f"from chapters.toolkit.processes import launch; api = launch({str(pond)!r})"
    code += "; print(api.pid, api._folder)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    pid, folder = done.stdout.split()
    assert not alive(int(pid))
    assert not Path(folder).exists()
    assert done.stderr == ""


def test_a_real_kernel_leaves_nothing_when_it_is_killed(
    pond: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(processes.ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    said: list[str] = []
    try:
        client.execute_interactive(
            "from chapters.toolkit.processes import launch\n"
            f"api = launch({str(pond)!r})\n"
            "print(api._guard.pid, *api.get('/family').json(), api._folder)",
            timeout=60,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        *family, folder = "".join(said).split()
        kernel: Any = manager.provisioner
        os.kill(kernel.process.pid, signal.SIGKILL)
        assert wait_gone([int(pid) for pid in family], 2.0) == []
        assert not Path(folder).exists()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
