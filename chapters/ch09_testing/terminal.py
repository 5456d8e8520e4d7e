"""Run a tool as one would in a terminal, and keep what every run repeats.

Try: print(run("pytest -q", at="suite"))
"""

import atexit
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOM = Path(__file__).parent
SCRATCH = tempfile.TemporaryDirectory(prefix="ch09-", ignore_cleanup_errors=True)
# Where these are set, pytest and hypothesis say more, or in colours.
LOUD = {"CI", "BUILD_NUMBER", "GITHUB_ACTIONS", "TF_BUILD", "FORCE_COLOR"}
STARTING = threading.Lock()
SECONDS = re.compile(r"( in)? \d+\.\d+s( \(\d:\d\d:\d\d\))?|^\d+\.\d+s ", re.MULTILINE)


def run(command: str, at: str | Path = "suite", room: Path = ROOM) -> str:
    """What `python -m <command>` prints in that folder of the chapter; no times."""
    words = shlex.split(command)
    kept = environment(room, measured=room == ROOM and "coverage" not in words)
    if sys.platform == "linux" and "coverage" not in words:
        said = forked(words, room / at, kept)
    else:
        said = started(words, room / at, kept)
    return SECONDS.sub("", said).strip()


def started(words: list[str], folder: Path, environment: dict[str, str]) -> str:
    """In a new process, as in a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def forked(words: list[str], folder: Path, environment: dict[str, str]) -> str:
    """In a fork of a process that has loaded the libraries: sooner, not otherwise."""
    job = {"words": words, "folder": str(folder), "environment": environment}
    ours, theirs = os.pipe()
    with open(ours, encoding="utf-8") as said:
        with STARTING:
            jobs = warm(measured="COVERAGE_LINES" in environment)
        socket.send_fds(jobs, [json.dumps(job).encode()], [theirs])
        os.close(theirs)
        return said.read()


@cache
def warm(measured: bool) -> socket.socket:
    """Where `warm.py` takes its jobs; it ends when this process does."""
    kept = environment(ROOM, measured)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "warm"], cwd=ROOM, stdin=theirs.fileno(), env=kept
        )

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait()

    return ours


def environment(room: Path, measured: bool) -> dict[str, str]:
    """Ours, without the settings of a pytest or a coverage around this one."""
    outer = ("PYTEST_",) if measured else ("PYTEST_", "COVERAGE_")
    ours = {k: v for k, v in os.environ.items() if k not in LOUD}
    kept = {k: v for k, v in ours.items() if not k.startswith(outer)}
    kept |= {"COLUMNS": "79", "NO_COLOR": "1"}
    paths = str(room.parents[1]), kept["PYTHONPATH"] if measured else ""
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    kept["PYTEST_ADDOPTS"] = f"-o cache_dir={SCRATCH.name}/cache"
    # Its table of all characters takes a second to make, and is kept.
    kept["HYPOTHESIS_STORAGE_DIRECTORY"] = str(ROOM.parents[1] / "build" / "hypothesis")
    return kept if measured else kept | {"COVERAGE_FILE": f"{SCRATCH.name}/coverage"}


@contextmanager
def broken_copy(file: str, old: str, new: str) -> Iterator[Path]:
    """A copy of the chapter in which one thing is different."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "chapters" / ROOM.name
        shutil.copytree(ROOM, room, ignore=shutil.ignore_patterns("__pycache__"))
        (room.parent / "__init__.py").touch()
        text = (room / file).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {file}")
        (room / file).write_text(text.replace(old, new), encoding="utf-8")
        yield room
