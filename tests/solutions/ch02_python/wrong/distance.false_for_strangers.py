# expect: `Distance(1, "km").__eq__("near")` and got `False`
from functools import total_ordering


@total_ordering
class Distance:
    def __init__(self, amount: int, unit: str) -> None:
        self.amount, self.unit = amount, unit
        self.metres = amount * {"m": 1, "km": 1000}[unit]

    def __repr__(self) -> str:
        return f"Distance({self.amount!r}, {self.unit!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Distance) and self.metres == other.metres

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Distance):
            return NotImplemented
        return self.metres < other.metres

    def __hash__(self) -> int:
        return hash(self.metres)
