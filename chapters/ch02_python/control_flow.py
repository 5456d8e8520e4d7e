"""`if` asks questions in order; `match` compares one value with shapes.

Try: python -i -m chapters.ch02_python.control_flow
"""

from typing import Any


def abundance(count: int) -> str:
    if count == 0:
        return "absent"
    elif count < 3:
        return "scarce"
    else:
        return "common"


def advice(status: str) -> str:
    match status:
        case "reported":
            return "A warden should look at it."
        case "confirmed" | "published":
            return "It counts."
        case _:
            raise ValueError(f"no such status: {status!r}")


def read_message(message: dict[str, Any] | list[Any]) -> str:
    """A pattern tests the shape and takes it apart in one line."""
    match message:
        case {"species": str(species), "count": int(count)} if count > 1:
            return f"{count} of {species}"
        case {"species": str(species)}:
            return f"one {species}"
        case [first, *rest]:
            return f"{first} and {len(rest)} more"
        case _:
            return "nothing I know"
