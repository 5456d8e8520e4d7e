"""Run a tool as one would in a terminal, and keep what every run repeats.

Try: print(run("pytest -q", at="suite"))
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOM = Path(__file__).parent
SCRATCH = tempfile.TemporaryDirectory(prefix="ch09-", ignore_cleanup_errors=True)
# Where these are set, pytest and hypothesis say more, or in colours.
LOUD = {"CI", "BUILD_NUMBER", "GITHUB_ACTIONS", "TF_BUILD", "FORCE_COLOR"}
SECONDS = re.compile(r"( in)? \d+\.\d+s( \(\d:\d\d:\d\d\))?|^\d+\.\d+s ", re.MULTILINE)


def run(command: str, at: str | Path = "suite", room: Path = ROOM) -> str:
    """What `python -m <command>` prints in that folder of the chapter; no times."""
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=room / at,
        env=environment(room, measured=room == ROOM and "coverage" not in command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return SECONDS.sub("", done.stdout).strip()


def environment(room: Path, measured: bool) -> dict[str, str]:
    """Ours, without the settings of a pytest or a coverage around this one."""
    outer = ("PYTEST_",) if measured else ("PYTEST_", "COVERAGE_")
    ours = {k: v for k, v in os.environ.items() if k not in LOUD}
    kept = {k: v for k, v in ours.items() if not k.startswith(outer)}
    kept |= {"COLUMNS": "79", "NO_COLOR": "1", "PYTHONPATH": str(room.parents[1])}
    kept["PYTEST_ADDOPTS"] = f"-p no:nbval -o cache_dir={SCRATCH.name}/cache"
    kept["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{SCRATCH.name}/hypothesis"
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
