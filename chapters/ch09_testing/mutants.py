"""Break a copy of counts.py in one place at a time, and see which tests notice.

What survives the first file of tests meets the next.
Try, in suite/: python -m chapters.ch09_testing.mutants test_counts.py
"""

import sys
from unittest.mock import patch

import pytest

from chapters.ch09_testing import counts
from chapters.ch09_testing.exam.flaws import Flaw, variant

MUTANTS = {
    "a sum that subtracts": ("self.adults + self.young", "self.adults - self.young"),
    "zero adults refused": ("adults: int = Field(ge=0)", "adults: int = Field(ge=1)"),
    "any number accepted": ("adults: int = Field(ge=0)", "adults: int"),
    "the young optional": ("young: int = Field(ge=0)", "young: int = Field(0, ge=0)"),
    "a wrong status": ("HTTP_201_CREATED", "HTTP_200_OK"),
    "the oldest first": ("[::-1]", "[:]"),
    "the last one unknown": ("number <= len(counts)", "number < len(counts)"),
    "a limit of 500": ("le=50", "le=500"),
}


# The second session in a process finds modules that the first has loaded.
QUIET = ["-pno:terminal", "-Wignore::pytest.PytestAssertRewriteWarning"]


class Failures:
    """A plugin of pytest: an object whose methods have the names of its hooks."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            test = report.nodeid.rpartition("::")[2].partition("[")[0]
            self.names[test] = None


def caught_by(old: str, new: str, file: str) -> list[str]:
    """The tests in this file that fail when the app is this mutant."""
    failures = Failures()
    with patch.object(counts, "app", variant(counts, Flaw("", old, new)).app):
        pytest.main([*QUIET, file], plugins=[failures])
    return list(failures.names)


if __name__ == "__main__":
    alive = list(MUTANTS)
    for file in sys.argv[1:]:
        caught = {name: caught_by(*MUTANTS[name], file) for name in alive}
        for name, tests in caught.items():
            print(f"{name:22} {', '.join(tests) or 'nobody noticed'}")
        alive = [name for name in alive if not caught[name]]
