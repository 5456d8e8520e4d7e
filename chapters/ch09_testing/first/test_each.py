"""One test, four cases: each passes or fails for itself.

Try: python -m pytest -v test_each.py
"""

import pytest

from chapters.ch09_testing.first.tally import total


@pytest.mark.parametrize(
    ("adults", "young", "expected"),
    [(2, 3, 5), (0, 0, 0), (100, 0, 100), (1, 1, 2)],
)
def test_totals(adults: int, young: int, expected: int) -> None:
    assert total(adults, young) == expected
