"""What every test, and every kernel that a test starts, needs."""

import atexit
import os
import tempfile
from pathlib import Path

import pytest

from chapters.toolkit import notebooks

# Set before nbval starts its kernels: it passes on the environment it finds.
os.environ.update(notebooks.kernel_environment())
progress = tempfile.TemporaryDirectory()
atexit.register(progress.cleanup)
os.environ["COURSE_PROGRESS"] = str(Path(progress.name) / "progress.json")


# These start first: what takes minutes must not be what all wait for at the end.
LONGEST = ["ch10", "ch14", "ch08", "ch06", "ch12", "ch15", "ch13", "ch09", "ch07"]


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, as the servers do."""
    return "asyncio"


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this test starts counts no lines, and takes half the time.

    For timings, for load, and for answers of learners: none of them is there to reach
    a line that no other test reaches.
    """
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What one worker of `--dist=loadgroup` gets whole: a file, its servers with it.

    The wrong answers of all chapters stand in one file and share nothing: a group
    for each chapter.
    """
    turns = {name: turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path.name[5:9], len(LONGEST)))
    for item in items:
        group = item.path.name
        if group == "test_exercises.py":
            group += item.name.partition("[")[2].partition("-")[0]
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_sessionfinish() -> None:
    """Write down now what was measured: pytest-xdist gives a worker 10 s to end.

    A busy machine's worker took longer, was killed, and its lines counted as missed.
    """
    if "COVERAGE_LINES" in os.environ:
        import sitecustomize

        sitecustomize.keep()
