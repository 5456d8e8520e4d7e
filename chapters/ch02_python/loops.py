"""`for` walks through any iterable; `while` goes on until a question says stop.

Try: python -i -m chapters.ch02_python.loops
"""

from typing import TypedDict


class Page(TypedDict):
    items: list[str]
    next: int | None


ARCHIVE: dict[int, Page] = {
    1: {"items": ["heron", "otter", "newt"], "next": 2},
    2: {"items": ["kestrel", "wren", "stoat"], "next": 3},
    3: {"items": ["avocet", "teal", "crane"], "next": None},
}


def even_posts(last: int) -> list[int]:
    posts = []
    for number in range(1, last + 1):
        if number % 2 == 0:
            posts.append(number)
    return posts


def all_items() -> list[str]:
    """Nobody knows the number of pages beforehand: ask until there is no next."""
    items: list[str] = []
    number: int | None = 1
    while number is not None:
        page = ARCHIVE[number]
        items += page["items"]
        number = page["next"]
    return items


def until_blank(lines: list[str]) -> list[str]:
    """`continue` skips one round, `break` ends the loop, `:=` keeps what it tests."""
    kept = []
    for line in lines:
        if (text := line.strip()).startswith("#"):
            continue
        if not text:
            break
        kept.append(text)
    return kept
