from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

KNOWN = {"otter", "osprey", "newt"}


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    counter = Counter("searches", "Searches.", ["species"], registry=registry)

    def note(word: str) -> None:
        counter.labels(word if word in KNOWN else "other").inc()

    return note
