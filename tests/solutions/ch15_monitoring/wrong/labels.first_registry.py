# expect: the counter belongs to the registry that I gave you
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

KNOWN = {"otter", "osprey", "newt"}
counters: list[Counter] = []


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    if not counters:
        counters.append(Counter("searches_total", "S.", ["species"], registry=registry))

    def note(word: str) -> None:
        counters[0].labels(word if word in KNOWN else "other").inc()

    return note
