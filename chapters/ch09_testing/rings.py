"""A ring's number as a code and back: AA000 is 0, AB000 is 1000.

Try: python -c "from rings import encode; print(encode(1042))"
"""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LAST = 26 * 26 * 1000 - 1


def encode(number: int) -> str:
    pair, digits = divmod(number, 1000)
    first, second = divmod(pair, 26)
    return f"{LETTERS[first]}{LETTERS[second]}{digits:03}"


def decode(code: str) -> int:
    first, second = (LETTERS.index(letter) for letter in code[:2])
    return (first * 26 + second) * 1000 + int(code[2:])
