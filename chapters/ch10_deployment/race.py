"""One application behind four servers, one run: answers a second, CPU an answer.

Used by starting.py, and by the notebook: rounds({name: (port, pid)}, 3)
"""

import asyncio
import time
from collections.abc import Mapping
from statistics import median

import psutil

from chapters.ch10_deployment.standings import Lap, Laps, missed
from chapters.ch10_deployment.visitors import Tally, ask, crowd

MODULE = "chapters.ch10_deployment.crew"
WORK = "/count?to=400000"  # some milliseconds of computing: the model of chapter 12
LONG = "/count?to=1000000"  # and what others must not have to wait for
FIELD: dict[str, tuple[str, int]] = {
    "uvicorn, 1 worker": ("uvicorn", 1),
    "uvicorn, 2 workers": ("uvicorn", 2),
    "fastapi run, 2 workers": ("fastapi run", 2),
    "gunicorn asgi, 2 workers": ("gunicorn asgi", 2),
    "gunicorn uvicorn, 2 workers": ("gunicorn uvicorn", 2),
}
Where = Mapping[str, tuple[int, int]]  # name: (port, process id of the manager)


def used(pid: int) -> float:
    """Processor seconds of a manager and its workers until now."""
    manager = psutil.Process(pid)
    family = (manager, *manager.children(recursive=True))
    return sum(sum(one.cpu_times()[:2]) for one in family)


async def waits(port: int, pings: int = 15) -> float:
    """The median wait of a ping, while one other visitor keeps a worker busy."""
    over, found = asyncio.Event(), []

    async def keep_counting() -> None:
        while not over.is_set():
            await ask(port, LONG, Tally())

    async with asyncio.TaskGroup() as group:
        group.create_task(keep_counting())
        for _ in range(pings):
            await asyncio.sleep(0.005)
            start = time.perf_counter()
            await ask(port, "/who", Tally())
            found.append(time.perf_counter() - start)
        over.set()
    return median(found) * 1000


def lap(port: int, pid: int, answers: int) -> Lap:
    before, start = used(pid), time.perf_counter()
    tally = asyncio.run(crowd(port, WORK, (), between=answers))
    seconds, count = time.perf_counter() - start, len(tally.answers)
    cost = (used(pid) - before) / count * 1000
    wait = asyncio.run(waits(port))
    return Lap(count / seconds, cost, wait, sum(tally.lost.values()))


def rounds(where: Where, most: int, answers: int = 60) -> Laps:
    """All in turn, each round beginning with another one, until the claims hold."""
    laps: Laps = {name: [] for name in where}
    names = list(where)
    for turn in range(most):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            laps[name].append(lap(*where[name], answers))
        if not missed(laps):
            break
    return laps
