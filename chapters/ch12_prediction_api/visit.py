"""What one way of serving did in some seconds: speed, work, and who had to wait.

Used by race.py, in a process of its own: the load must not share the server's.
"""

import asyncio
import time
from dataclasses import dataclass
from statistics import median, quantiles

import psutil

from chapters.ch12_prediction_api.visitors import crowd

TICK = 0.01  # the system counts processor time in such steps, in seconds


@dataclass
class Visit:
    """What a path did: milliseconds, and the server's processor time of a request."""

    requests: int
    failed: int
    seconds: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    ping_ms: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and its children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    times = [one.cpu_times() for one in family]
    return float(sum(one.user + one.system for one in times))


def visit(
    port: int, pid: int, path: str, bodies: list[object], count: int, seconds: float
) -> Visit:
    """Ask one path with `count` visitors at once; a moment before, to warm up."""
    asyncio.run(crowd(port, path, bodies, count, seconds / 4))
    before, start = cpu_of(pid), time.perf_counter()
    visitors, pings = asyncio.run(crowd(port, path, bodies, count, seconds))
    spent, cpu = time.perf_counter() - start, max(TICK, cpu_of(pid) - before)
    times = [t * 1e3 for one in visitors for t in one.times]
    if not (times and pings.times):
        raise RuntimeError(f"{path} or its ping answered nobody")
    failed = sum(one.failed for one in [*visitors, pings])
    cpu_ms = cpu * 1e3 / len(times)
    ping = median(pings.times) * 1e3
    p99 = quantiles(times, n=100, method="inclusive")[98]
    return Visit(len(times), failed, spent, cpu_ms, median(times), p99, ping)
