"""A property holds for every number; hypothesis looks for one where it does not."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chapters.ch09_testing.rings import LAST, decode, encode

numbers = st.integers(min_value=0, max_value=LAST)
# The same numbers in every run, and no file that remembers failures.
steady = settings(derandomize=True, database=None)


@steady
@given(number=numbers)
def test_there_and_back(number: int) -> None:
    assert decode(encode(number)) == number


@steady
@given(number=numbers)
def test_a_code_has_two_letters_and_three_digits(number: int) -> None:
    code = encode(number)
    assert len(code) == 5 and code[:2].isalpha() and code[2:].isdecimal()
