"""What stands between two answers: arithmetic, comparison, `or`."""

import math
import operator
from collections.abc import Callable
from typing import Any

from chapters.ch15_monitoring.little.functions import Labels, Vector

Answer = Vector | float
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else a * math.inf,
}
COMPARES: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def same(labels: Labels) -> tuple[tuple[str, str], ...]:
    """Two series belong together when all labels but the name agree."""
    return tuple(sorted((k, v) for k, v in labels.items() if k != "__name__"))


def combine(sign: str, left: Answer, right: Answer) -> Any:
    if sign == "or":
        assert isinstance(left, list) and isinstance(right, list)
        known = {same(labels) for labels, _ in left}
        return left + [one for one in right if same(one[0]) not in known]
    if isinstance(left, float) and isinstance(right, float):
        return ARITHMETIC[sign](left, right)
    return [one for pair in pairs(left, right) if (one := computed(sign, *pair))]


def pairs(left: Answer, right: Answer) -> list[tuple[Labels, float, float]]:
    if isinstance(right, float):
        assert isinstance(left, list)
        return [(labels, value, right) for labels, value in left]
    if isinstance(left, float):
        return [(labels, left, value) for labels, value in right]
    values = {same(labels): value for labels, value in right}
    found = [(labels, value, values.get(same(labels))) for labels, value in left]
    return [(labels, one, two) for labels, one, two in found if two is not None]


def computed(
    sign: str, labels: Labels, one: float, two: float
) -> tuple[Labels, float] | None:
    """Arithmetic makes a new number without a name; comparing keeps or drops one."""
    if sign in ARITHMETIC:
        return dict(same(labels)), ARITHMETIC[sign](one, two)
    return (labels, one) if COMPARES[sign](one, two) else None
