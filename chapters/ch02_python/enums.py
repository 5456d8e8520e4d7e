"""An enum lists the allowed values once, with a name for each.

Try: python -i -m chapters.ch02_python.enums
"""

from enum import IntEnum, StrEnum, auto
from typing import assert_never


class Habitat(StrEnum):
    POND = auto()  # "pond": StrEnum makes the value from the name
    RIDGE = auto()
    MARSH = auto()


class Certainty(IntEnum):
    GUESS = 1
    LIKELY = 2
    SURE = 3


def boots(habitat: Habitat) -> str:
    """Forget a member, and mypy complains about the last line."""
    match habitat:
        case Habitat.POND | Habitat.MARSH:
            return "rubber"
        case Habitat.RIDGE:
            return "leather"
        case _:
            assert_never(habitat)


def parse(text: str) -> Habitat:
    return Habitat(text)
