"""A dict finds a value by its key; a set remembers each thing once.

Try: python -i -m chapters.ch02_python.dicts_and_sets
"""

POND = {"heron", "otter", "newt"}
MARSH = {"heron", "otter", "avocet"}


def recorded(counts: dict[str, int], species: str, count: int) -> dict[str, int]:
    """Overwrites a known key, adds an unknown one."""
    return {**counts, species: count}


def count_of(counts: dict[str, int], species: str) -> int:
    return counts.get(species, 0)


def in_both() -> list[str]:
    return sorted(POND & MARSH)


def in_either() -> list[str]:
    return sorted(POND | MARSH)


def only_at_the_pond() -> list[str]:
    return sorted(POND - MARSH)
