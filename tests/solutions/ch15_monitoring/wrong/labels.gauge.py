# expect: `rate` needs a number that only rises
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge

KNOWN = {"otter", "osprey", "newt"}


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    counter = Gauge("searches_total", "Searches.", ["species"], registry=registry)

    def note(word: str) -> None:
        counter.labels(word if word in KNOWN else "other").inc()

    return note
