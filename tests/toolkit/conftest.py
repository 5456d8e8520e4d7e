"""A place to write programs in, and nothing left running after a test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chapters.toolkit import processes
from chapters.toolkit.processes import stop_all
from tests.toolkit.ponds import POND


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
