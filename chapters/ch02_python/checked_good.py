"""A file that the type checker accepts. Try: mypy --strict checked_good.py"""

from collections.abc import Callable


def describe(species: str, count: int) -> str:
    return f"{count} x {species}"


def keep(counts: list[int], wanted: Callable[[int], bool]) -> list[int]:
    return [count for count in counts if wanted(count)]


print(describe("otter", 3))
print(keep([1, 4, 2], lambda count: count > 1))
