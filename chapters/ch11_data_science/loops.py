"""The same sum twice: a loop that asks each element its type, and one call.

Run: python -m chapters.ch11_data_science.loops
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def above_in_a_loop(counts: Counts, least: int) -> int:
    """Add up what is at least `least`, one Python object after the other."""
    total = 0
    for count in counts:
        if count >= least:
            total += count
    return int(total)


def above_at_once(counts: Counts, least: int) -> int:
    """The same: the comparison gives a mask, the mask chooses, the sum adds."""
    return int(counts[counts >= least].sum())


def many(size: int = 200_000) -> Counts:
    return np.random.default_rng(11).integers(0, 100, size=size)


if __name__ == "__main__":
    counts = many()
    print(above_in_a_loop(counts, 50) == above_at_once(counts, 50))
