from collections.abc import Callable


class Counter:
    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted
        self.seen = 0

    def __call__(self, species: str) -> int:
        if self.wanted(species):
            self.seen += 1
        return self.seen
