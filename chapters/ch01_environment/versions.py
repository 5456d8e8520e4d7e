"""A version is numbers, and each Python has a life. Try: python versions.py"""

from datetime import date
from enum import StrEnum

from packaging.version import Version

# From the release calendar: https://devguide.python.org/versions/
RELEASED = {
    "3.10": date(2021, 10, 4),
    "3.11": date(2022, 10, 24),
    "3.12": date(2023, 10, 2),
    "3.13": date(2024, 10, 7),
    "3.14": date(2025, 10, 7),
}


class Phase(StrEnum):
    PLANNED = "not released yet"
    BUGFIX = "fixes every two months"
    SECURITY = "security fixes only"
    ENDED = "no fixes at all"


def months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def phase(feature: str, on: date) -> Phase:
    """Bug fixes for 18 months (24 since 3.13), then security fixes up to five years."""
    age = months(RELEASED[feature], on)
    fixed = 24 if Version(feature) >= Version("3.13") else 18
    if on < RELEASED[feature]:
        return Phase.PLANNED
    if age <= fixed:
        return Phase.BUGFIX
    return Phase.SECURITY if age <= 60 else Phase.ENDED


def step(old: str, new: str) -> str:
    """Name the step between two releases of Python, which has no semantic versions."""
    before, after = Version(old), Version(new)
    if before.release[:2] == after.release[:2]:
        return "bug-fix release: upgrade without a second thought"
    return "feature release: read what is new, run the tests"


if __name__ == "__main__":
    for name in RELEASED:
        print(name, phase(name, date.today()))
