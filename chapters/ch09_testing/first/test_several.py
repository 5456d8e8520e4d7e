"""Four asserts in one test: the first that fails hides the rest.

Try: python -m pytest test_several.py
"""

from chapters.ch09_testing.first.tally import total


def test_totals() -> None:
    assert total(2, 3) == 5
    assert total(0, 0) == 0
    assert total(100, 0) == 100
    assert total(1, 1) == 2
