"""What PromQL's functions compute, as Prometheus does it.

The rules of extrapolation and of interpolation are those of its documentation.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

Point = tuple[float, float]
Labels = dict[str, str]
Vector = list[tuple[Labels, float]]


def increase(points: list[Point], start: float, end: float) -> float:
    """How much a counter grew between start and end, in seconds; resets are added.

    The scrapes do not lie on the window's ends: the growth between the first and the
    last is stretched to them, by at most half a step, and not below zero.
    """
    first, last = points[0], points[-1]
    grown, before = 0.0, first[1]
    for _, value in points[1:]:
        grown += value - before if value >= before else value
        before = value
    covered = last[0] - first[0]
    step = covered / (len(points) - 1)
    to_start, to_end = first[0] - start, end - last[0]
    if grown > 0 and first[1] >= 0:
        to_start = min(to_start, covered * first[1] / grown)
    stretched = covered
    for gap in (to_start, to_end):
        stretched += gap if gap < step * 1.1 else step / 2
    return grown * stretched / covered


def quantile(share: float, buckets: Iterable[tuple[float, float]]) -> float:
    """The value below which that share lies, from (upper bound, how many at most it).

    Within a bucket nobody knows: it is taken as evenly filled.
    """
    bounds = sorted(buckets)
    total = bounds[-1][1]
    if total == 0:
        return float("nan")
    rank, below, before = share * total, 0.0, 0.0
    for upper, count in bounds:
        if count >= rank:
            break
        below, before = upper, count
    if upper == float("inf"):
        return below
    return below + (upper - below) * (rank - before) / (count - before)


def histogram_quantile(share: float, vector: Vector) -> Vector:
    groups: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]]
    groups = defaultdict(list)
    for labels, value in vector:
        rest = {k: v for k, v in labels.items() if k not in ("le", "__name__")}
        groups[tuple(sorted(rest.items()))].append((float(labels["le"]), value))
    return [(dict(key), quantile(share, found)) for key, found in groups.items()]


AGGREGATIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "min": min,
    "max": max,
    "avg": lambda values: sum(values) / len(values),
    "count": lambda values: float(len(values)),
}


def aggregate(how: str, kept: tuple[str, list[str]], vector: Vector) -> Vector:
    """One value for all that agree in the labels which are kept, `by` or `without`."""
    by, names = kept[0] == "by", kept[1]
    groups: dict[tuple[tuple[str, str], ...], list[float]] = defaultdict(list)
    for labels, value in vector:
        left = [k for k in labels if (k in names) == by and (by or k != "__name__")]
        groups[tuple(sorted((name, labels[name]) for name in left))].append(value)
    return [(dict(key), AGGREGATIONS[how](values)) for key, values in groups.items()]
