"""A value has a type, a name has none; and Python never guesses between types.

Try: python -i -m chapters.ch02_python.values_and_types
"""

from typing import Any

SCALARS: list[object] = [3, 2.5, 1 + 2j, True, "otter", None]


def describe(value: object) -> str:
    return f"{value!r} is {type(value).__name__}"


def forecast(otters: int) -> str:
    return f"{otters} otters today, {otters * 2} if each brings a friend."


def add(first: Any, second: Any) -> Any:
    return first + second


def rebind() -> list[str]:
    """One name, three values, three types: the name only points."""
    seen: object = 3
    types = [type(seen).__name__]
    seen = "three"
    types.append(type(seen).__name__)
    seen = None
    types.append(type(seen).__name__)
    return types
