"""The smallest thing to test: a function.

Try: python -m pytest test_each.py
"""


def total(adults: int, young: int) -> int:
    return adults + young
