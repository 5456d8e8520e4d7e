"""`Callable[[int], bool]` is the type of a function that is passed to another.

Try: python -i -m chapters.ch02_python.callables
"""

from collections.abc import Callable
from typing import TypeAlias

Test: TypeAlias = Callable[[int], bool]


def keep(counts: list[int], wanted: Test) -> list[int]:
    return [count for count in counts if wanted(count)]


def is_flock(count: int) -> bool:
    return count > 2


def call_twice(action: Callable[..., str]) -> list[str]:
    """`...` accepts any arguments. For named ones, write a Protocol."""
    return [action(), action()]
