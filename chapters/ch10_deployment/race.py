"""One application behind four servers, one run: answers a second, CPU an answer.

Used by starting.py, and by the notebook: rounds({name: (port, pid)}, 3)
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import psutil

from chapters.ch10_deployment.visitors import crowd

MODULE = "chapters.ch10_deployment.crew"
WORK = "/count?to=400000"  # some milliseconds of computing: the model of chapter 12
FIELD: dict[str, tuple[str, int]] = {
    "uvicorn, 1 worker": ("uvicorn", 1),
    "uvicorn, 2 workers": ("uvicorn", 2),
    "fastapi run, 2 workers": ("fastapi run", 2),
    "gunicorn asgi, 2 workers": ("gunicorn asgi", 2),
    "gunicorn uvicorn, 2 workers": ("gunicorn uvicorn", 2),
}
Where = Mapping[str, tuple[int, int]]  # name: (port, process id of the manager)


@dataclass(frozen=True)
class Lap:
    speed: float  # answers a second
    cost: float  # milliseconds of the servers' processor time for one answer
    lost: int


Laps = dict[str, list[Lap]]


def used(pid: int) -> float:
    """Processor seconds of a manager and its workers until now."""
    manager = psutil.Process(pid)
    family = (manager, *manager.children(recursive=True))
    return sum(sum(one.cpu_times()[:2]) for one in family)


def lap(port: int, pid: int, answers: int) -> Lap:
    before, start = used(pid), time.perf_counter()
    tally = asyncio.run(crowd(port, WORK, (), between=answers))
    seconds, count = time.perf_counter() - start, len(tally.answers)
    cost = (used(pid) - before) / count * 1000
    return Lap(count / seconds, cost, sum(tally.lost.values()))


def rounds(where: Where, most: int, answers: int = 100) -> Laps:
    """All in turn, each round beginning with another one, until the claims hold."""
    laps: Laps = {name: [] for name in where}
    names = list(where)
    for turn in range(most):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            laps[name].append(lap(*where[name], answers))
        if not missed(laps):
            break
    return laps


def ratio(laps: Laps, first: str, second: str) -> float:
    """How much faster than `second` is `first`, in the round that showed it best?"""
    pairs = zip(laps[first], laps[second], strict=True)
    return max(one.speed / other.speed for one, other in pairs)


CLAIMS = (
    ("a second worker", "uvicorn, 2 workers", "uvicorn, 1 worker", 1.2),
    ("fastapi run is uvicorn", "fastapi run, 2 workers", "uvicorn, 2 workers", 0.6),
    ("gunicorn's own", "gunicorn asgi, 2 workers", "uvicorn, 2 workers", 0.6),
    ("uvicorn in it", "gunicorn uvicorn, 2 workers", "uvicorn, 2 workers", 0.6),
)


def missed(laps: Laps) -> list[str]:
    return [
        f"{what}: {ratio(laps, first, second):.2f}, promised {least}"
        for what, first, second, least in CLAIMS
        if ratio(laps, first, second) < least
    ]


def table(laps: Laps) -> list[dict[str, float | str]]:
    return [
        {
            "server": name,
            "answers/s": round(median(one.speed for one in seen)),
            "CPU ms": round(median(one.cost for one in seen), 2),
            "lost": sum(one.lost for one in seen),
        }
        for name, seen in laps.items()
    ]
