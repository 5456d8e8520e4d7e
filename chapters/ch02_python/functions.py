"""A signature says what may be left out, what must be named, and what may pile up.

Try: python -i -m chapters.ch02_python.functions
"""


def report(species: str, count: int = 1, station: str = "HP1") -> str:
    return f"{count} x {species} at {station}"


def hours_and_minutes(minutes: int) -> tuple[int, int]:
    """Several values come back as one tuple, made to be unpacked."""
    return minutes // 60, minutes % 60


def longest(first: str, *others: str) -> str:
    """`others` is a tuple of whatever else was passed."""
    return max([first, *others], key=len)


def labels(**notes: str) -> list[str]:
    """`notes` is a dict of whatever was passed by name."""
    return [f"{name}: {text}" for name, text in notes.items()]


def distance(start: float, end: float, /, *, rounded: bool = False) -> float:
    """Before `/` only by position, after `*` only by name."""
    gap = abs(end - start)
    return round(gap) if rounded else gap


def report_from(fields: dict[str, str]) -> str:
    """`**` spreads a dict over the parameters: how models are built later."""
    return report(**fields)  # type: ignore[arg-type]  # a dict promises no types
