"""A generator makes a value when it is asked for one, and each value only once.

Try: python -i -m chapters.ch02_python.generators
"""

from collections.abc import Iterator


def even_posts(last: int) -> Iterator[str]:
    for number in range(2, last + 1, 2):
        yield f"post {number}"  # pauses here until the next one is asked for


def squares_of(numbers: list[int]) -> Iterator[int]:
    return (number * number for number in numbers)  # parentheses: no tuple, lazy


def pages(diary: list[str]) -> Iterator[str]:
    """Writes down when it works: only while somebody asks."""
    for page in ("morning", "noon", "night"):
        diary.append(f"read {page}")
        yield page
    diary.append("after the last page")


def guarded_pages(diary: list[str]) -> Iterator[str]:
    """`finally` runs however the reading ends: exhausted, closed, or broken."""
    diary.append("open")
    try:
        yield from ("morning", "noon", "night")
    finally:
        diary.append("close")
