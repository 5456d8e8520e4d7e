"""What a race of the ways says: a table, figures, and the bars that were missed.

Used by race.py and the notebook. All comparisons are within one series.
"""

from dataclasses import dataclass
from statistics import mean

from chapters.ch13_object_detection.camera import Filmed

RATE, LATE, GROWTH, FLAT = 0.95, 15.0, 1.5, 10.0


@dataclass
class Series:
    alone: list[dict[str, float]]  # the model with nothing around it
    filmed: dict[str, Filmed]

    @property
    def limit(self) -> float:
        """Answers a second that the model alone gives."""
        return mean(one["rate"] for one in self.alone)

    @property
    def model_ms(self) -> float:
        return mean(one["ms"] for one in self.alone)

    def figures(self) -> dict[str, float]:
        best, queue = self.filmed["latest"], self.filmed["unbounded"]
        return {
            "rate, share of the model's": round(best.rate / self.limit, 3),
            "age beyond the model's ms": round(best.age() - self.model_ms, 1),
            "ms older in the last third": round(best.age(2) - best.age(0), 1),
            "unbounded: last third, times the first": round(
                queue.age(2) / queue.age(0), 1
            ),
        }


def missed(series: Series) -> list[str]:
    """The bars that this series has not reached, each with its figure."""
    rate, late, flat, growth = series.figures().values()
    bars = (
        (rate >= RATE, f"latest answers {rate:.1%} of what the model can do"),
        (late <= LATE, f"latest is {late} ms older than the model's own time"),
        (flat <= FLAT, f"latest grows {flat} ms older"),
        (growth >= GROWTH, f"unbounded grows only {growth} times older"),
    )
    return [told for met, told in bars if not met]


def unproven(series: Series) -> list[str]:
    """What must show on any machine, busy or not: each compares two ways."""
    filmed = series.filmed
    queue, inline = filmed["unbounded"], filmed["on-the-loop"]
    newest, best = filmed["drop-newest"], filmed["latest"]
    claims = (
        ("unbounded grows older, times", queue.age(2) / queue.age(0), 1.5),
        ("drop-newest is older than latest, times", newest.age() / best.age(), 1.2),
        ("latest answers as many, times", best.rate / max(0.1, newest.rate), 0.8),
        ("a ping waits for the loop, times", inline.ping / best.ping, 2),
    )
    return [f"{told} {ratio:.2f}" for told, ratio, bar in claims if ratio < bar]


def table(series: Series) -> str:
    lines = ["way          answers/s  age p50 ms  last third ms  ping waits ms"]
    for way, one in series.filmed.items():
        ages = f"{one.age():11.0f} {one.age(2):14.0f}"
        lines.append(f"{way:12} {one.rate:9.1f} {ages} {one.ping:14.1f}")
    told = f"{'the model':12} {series.limit:9.1f} {series.model_ms:11.0f}"
    return "\n".join([*lines, told])
