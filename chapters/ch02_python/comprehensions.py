"""A comprehension says what a collection holds, not how to fill it.

Try: python -i -m chapters.ch02_python.comprehensions
"""

import random

COUNTS = {"otter": 3, "heron": 1, "wren": 8, "newt": 3}


def even_posts(last: int) -> list[int]:
    return [number for number in range(1, last + 1) if number % 2 == 0]


def name_lengths() -> set[int]:
    """Braces, no colon: a set, so each length stays once."""
    return {len(species) for species in COUNTS}


def by_count() -> dict[int, list[str]]:
    """Braces with a colon: a dict."""
    return {
        count: [name for name, seen in COUNTS.items() if seen == count]
        for count in sorted(set(COUNTS.values()))
    }


def simulated_counts(days: int, seed: int = 7) -> list[int]:
    """The expression may be anything; a seed makes chance repeat itself."""
    chance = random.Random(seed)
    return [chance.randint(1, 9) for _ in range(days)]
