"""A function and a bare assert. Try: python -m pytest pytest_style.py

No name of this kind is found by a plain `pytest`: it must be named on the line.
"""

from chapters.ch09_testing.first.tally import total


def test_both_are_counted() -> None:
    assert total(2, 3) == 5
