# expect: because every search is counted
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

KNOWN = ("otter", "osprey", "newt")


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    counter = Counter("searches_total", "Searches.", ["species"], registry=registry)

    def note(word: str) -> None:
        found = [one for one in KNOWN if word.startswith(one)]
        counter.labels(found[0] if found else "other").inc()

    return note
