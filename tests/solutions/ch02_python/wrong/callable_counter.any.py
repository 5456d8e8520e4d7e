# expect: a text where a test belongs, and mypy did not mind
from typing import Any


class Counter:
    def __init__(self, wanted: Any) -> None:
        self.wanted = wanted
        self.seen = 0

    def __call__(self, species: str) -> int:
        if self.wanted(species):
            self.seen += 1
        return self.seen
