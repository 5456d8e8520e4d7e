"""Every line is run, and nothing is asked. Try: python -m pytest test_nothing.py"""

from chapters.ch09_testing.first.tally import total


def test_total() -> None:
    total(2, 3)
