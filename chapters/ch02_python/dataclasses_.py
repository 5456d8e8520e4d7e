"""A dataclass writes `__init__`, `__repr__` and `__eq__` from its annotations.

Try: python -i -m chapters.ch02_python.dataclasses_
"""

from dataclasses import asdict, dataclass, field, replace


@dataclass
class Sighting:
    species: str
    station: str
    count: int = 1
    notes: list[str] = field(default_factory=list)  # a fresh list for each


@dataclass(frozen=True, order=True)
class Position:
    """Frozen: cannot change, so it can be a key; ordered: can be sorted."""

    latitude: float
    longitude: float


def corrected(sighting: Sighting, count: int) -> Sighting:
    return replace(sighting, count=count)


def as_row(sighting: Sighting) -> dict[str, object]:
    return asdict(sighting)
