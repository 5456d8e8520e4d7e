"""What a race says: a table of the ways, and the chapter's claims as ratios.

Used by race.py and the notebook. A ratio compares two ways within one round.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from chapters.ch12_prediction_api.visit import Visit

Measured = dict[str, list[Visit]]


def speed(one: Visit) -> float:
    return one.per_second


def waiting(one: Visit) -> float:
    return one.ping_ms


def work(one: Visit) -> float:
    return one.cpu_ms


@dataclass(frozen=True)
class Claim:
    text: str
    way: str
    other: str
    of: Callable[[Visit], float]
    at_least: float

    def ratios(self, measured: Measured) -> list[float]:
        pairs = zip(measured[self.way], measured[self.other], strict=True)
        return [self.of(one) / self.of(two) for one, two in pairs]


CLAIMS = (
    Claim("batched serves as many as def, times", "batched", "def", speed, 4),
    Claim("cached serves as many as def, times", "cached", "def", speed, 10),
    Claim("a ping waits for inline as for def, times", "inline", "def", waiting, 5),
    Claim("a bare endpoint works as a validating one", "bare", "validated", work, 0.5),
)


def claims(measured: Measured) -> list[dict[str, object]]:
    """Each claim, its bar, and what was measured; the best round may be quoted."""
    rows: list[dict[str, object]] = []
    for claim in CLAIMS:
        ratios = claim.ratios(measured)
        row: dict[str, object] = {"claim": claim.text, "at least": claim.at_least}
        rows.append(row | {"median": median(ratios), "best": max(ratios)})
    return rows


def missed(measured: Measured) -> list[str]:
    """Claims that not even the best round has borne out."""
    return [
        claim.text for claim in CLAIMS if max(claim.ratios(measured)) < claim.at_least
    ]


def table(measured: Measured) -> str:
    lines = ["way          req/s  CPU ms/req   p50 ms   p99 ms  ping waits ms  failed"]
    for way, visits in measured.items():
        middle = {
            name: median(asdict(one)[name] for one in visits)
            for name in ("cpu_ms", "p50_ms", "p99_ms", "ping_ms")
        }
        numbers = f"{median(map(speed, visits)):7.0f} {middle['cpu_ms']:11.2f}"
        numbers += f" {middle['p50_ms']:8.1f} {middle['p99_ms']:8.1f}"
        failed = sum(one.failed for one in visits)
        lines.append(f"{way:10} {numbers} {middle['ping_ms']:14.1f} {failed:7}")
    return "\n".join(lines)
