"""An alias gives a long type a short name. Python 3.12 writes `type Walk = ...`.

Try: python -i -m chapters.ch02_python.aliases
"""

from typing import NewType, TypeAlias

Position: TypeAlias = tuple[float, float]
Walk: TypeAlias = list[Position]
StationCode = NewType("StationCode", str)  # a str that is not just any str


def northernmost(walk: Walk) -> Position:
    return max(walk)


def sign(code: StationCode) -> str:
    return f"You are at {code}."
