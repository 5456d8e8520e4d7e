"""A notebook's cell that measures waits until nothing else of ours runs: -p tests.pause

The cells before it run beside everything else. The gates name a file in COURSE_QUIET,
and make it when it is quiet.
"""

import os
import time
from collections.abc import Generator
from pathlib import Path

import pytest


def wait(quiet: Path) -> None:
    """Say that we wait; whoever has started us may be gone before it is quiet."""
    parent = os.getppid()
    quiet.with_suffix(".waits").touch()
    while not quiet.exists():
        if os.getppid() != parent:
            pytest.exit("nobody is there any more who would say that it is quiet")
        time.sleep(0.1)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Outermost, so that no time-out runs meanwhile."""
    cell = getattr(item, "cell", None)
    if cell is not None and "alone" in cell.metadata.get("tags", ()):
        wait(Path(os.environ["COURSE_QUIET"]))
    return (yield)
