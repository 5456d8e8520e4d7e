# expect: may grow with what visitors type
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

KNOWN = {"otter", "osprey", "newt"}


def count_searches(registry: CollectorRegistry) -> Callable[[str], None]:
    counter = Counter("searches_total", "Searches.", ["species"], registry=registry)

    words = Counter("searched_words_total", "Words.", ["word"], registry=registry)

    def note(word: str) -> None:
        counter.labels(word if word in KNOWN else "other").inc()
        words.labels(word).inc()

    return note
