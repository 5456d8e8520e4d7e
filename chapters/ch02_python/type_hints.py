"""Hints say what goes in and comes out; Python stores them and checks nothing.

Try: python -i -m chapters.ch02_python.type_hints
"""


def announce(species: str, count: int) -> str:
    return f"{count} x {species}"


LENGTHS: list[int] = [5, 7]
POST: tuple[int, str, float] = (7, "HP1", 52.4)
SEEN: set[str] = {"otter", "wren"}
COUNTS: dict[str, int] = {"otter": 3}


class Species:
    def __init__(self, name: str) -> None:
        self.name = name


class Checklist:
    """A class of ours is a type like any other."""

    def __init__(self) -> None:
        self.species: list[Species] = []

    def add(self, species: Species) -> None:
        self.species.append(species)

    def names(self) -> list[str]:
        return [species.name for species in self.species]
