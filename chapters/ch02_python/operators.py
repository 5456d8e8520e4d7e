"""`==` asks about values, `is` about identity, `in` about membership.

Try: python -i -m chapters.ch02_python.operators
"""


class Agreeable:
    """Claims to equal everything: why `is None` is the question to ask."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]  # what Python itself would set


def compare(first: object, second: object) -> dict[str, bool]:
    return {"==": first == second, "is": first is second}


def worth_a_trip(count: int, distance: float, raining: bool) -> bool:
    return count > 2 and (distance < 5 or not raining)


def name_or_unknown(name: str) -> str:
    return name or "unknown"  # `or` gives back an operand, not True


def membership() -> dict[str, bool]:
    counts: dict[object, object] = {"otter": 3}
    return {
        "in a list": "otter" in ["heron", "otter"],
        "not in a tuple": "newt" not in ("heron", "otter"),
        "in a set": "otter" in {"heron", "otter"},
        "a dict's key": "otter" in counts,
        "a dict's value": 3 in counts,
    }
