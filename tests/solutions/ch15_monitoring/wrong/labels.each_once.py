# expect: because every search is counted
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

KNOWN = {"otter", "osprey", "newt"}


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    counter = Counter("searches_total", "Searches.", ["species"], registry=registry)

    seen: set[str] = set()

    def note(word: str) -> None:
        if word not in KNOWN and word in seen:
            return
        seen.add(word)
        counter.labels(word if word in KNOWN else "other").inc()

    return note
