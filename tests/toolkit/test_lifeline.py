"""However the notebook ends, what it launched ends with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from chapters.toolkit import lifeline, processes
from chapters.toolkit.processes import environment, launch
from tests.toolkit.ponds import DEAF, FOREVER, alive, wait_gone

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
