"""Lists change, tuples don't, and a slice reads either: start in, end out.

Try: python -i -m chapters.ch02_python.lists_and_slices
"""

WALK = ["heron", "otter", "kestrel", "newt", "stoat", "wren"]
POSITION = (52.4, 1.6, 12)

SLICES = {
    "WALK[0]": WALK[0],
    "WALK[-1]": WALK[-1],
    "WALK[1:3]": WALK[1:3],
    "WALK[:3]": WALK[:3],
    "WALK[3:]": WALK[3:],
    "WALK[::2]": WALK[::2],
    "WALK[::-1]": WALK[::-1],
    "POSITION[::-1]": POSITION[::-1],
}


def corrected(walk: list[str], index: int, species: str) -> list[str]:
    """A changed copy: the caller's list stays as it was."""
    copy = walk[:]
    copy[index] = species
    return copy


def add_in_place(walk: list[str], species: str) -> None:
    """The caller's own list grows, and like `append` this returns nothing."""
    walk.append(species)


def north_of(position: tuple[float, float, int], degrees: float) -> tuple[float, ...]:
    latitude, longitude, height = position
    latitude += degrees  # rebinds the name; the tuple never changes
    return latitude, longitude, height
