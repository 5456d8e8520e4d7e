# expect: what is kept on the class is shared
from collections.abc import Callable


class Counter:
    seen = 0

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted

    def __call__(self, species: str) -> int:
        if self.wanted(species):
            Counter.seen += 1
        return Counter.seen
