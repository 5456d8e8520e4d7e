"""`with` pairs an entry with an exit that no exception can skip.

Try: python -i -m chapters.ch02_python.context_managers
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self


class Hide:
    """The long form: two methods, called by `with`."""

    def __init__(self, diary: list[str]) -> None:
        self.diary = diary

    def __enter__(self) -> Self:
        self.diary.append("door closed")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.diary.append(f"door open after {kind.__name__ if kind else 'peace'}")


@contextmanager
def hide(diary: list[str]) -> Iterator[None]:
    """The short form: a generator that yields once."""
    diary.append("door closed")
    try:
        yield
    finally:
        diary.append("door open")


def first_or_nothing(walk: list[str]) -> str | None:
    with suppress(IndexError):
        return walk[0]
    return None
