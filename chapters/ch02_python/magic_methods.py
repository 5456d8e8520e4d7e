"""Operators, `print` and `sorted` call methods with reserved names: define them.

Try: python -i -m chapters.ch02_python.magic_methods
"""

from functools import total_ordering


@total_ordering  # fills in <=, > and >= from == and <
class Wingspan:
    def __init__(self, centimetres: int) -> None:
        self.centimetres = centimetres

    def __repr__(self) -> str:
        return f"Wingspan({self.centimetres})"  # for developers: could be run

    def __str__(self) -> str:
        return f"{self.centimetres / 100:.2f} m from tip to tip"  # for readers

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Wingspan):
            return NotImplemented  # "ask the other one", never an exception
        return self.centimetres == other.centimetres

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Wingspan):
            return NotImplemented
        return self.centimetres < other.centimetres

    def __hash__(self) -> int:
        return hash(self.centimetres)  # a class with __eq__ alone can't enter a set

    def __add__(self, other: "Wingspan") -> "Wingspan":
        return Wingspan(self.centimetres + other.centimetres)


class OnlyLess:
    """`>` works by swapping the operands of `<`; `>=` has nothing to swap."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __lt__(self, other: "OnlyLess") -> bool:
        return self.size < other.size
