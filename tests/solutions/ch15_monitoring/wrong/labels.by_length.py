# expect: a visitor who types must not make a series
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

KNOWN = {"otter", "osprey", "newt"}


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    counter = Counter("searches_total", "Searches.", ["species"], registry=registry)

    def note(word: str) -> None:
        counter.labels(word if len(word) <= 6 else "other").inc()

    return note
