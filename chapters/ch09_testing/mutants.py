"""Break a copy of counts.py in one place at a time, and see which tests notice.

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


def caught_by(old: str, new: str, tests: list[str]) -> list[str]:
    """The tests that fail when the app is this mutant."""
    failures = Failures()
    with patch.object(counts, "app", variant(counts, Flaw("", old, new)).app):
        pytest.main([*QUIET, *tests], plugins=[failures])
    return list(failures.names)


if __name__ == "__main__":
    for name, (old, new) in MUTANTS.items():
        caught = caught_by(old, new, sys.argv[1:])
        print(f"{name:22} {', '.join(caught) or 'nobody noticed'}")
