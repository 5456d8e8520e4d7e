"""A slice is a window on the same memory; a copy and a mask are not.

Run: python -m chapters.ch11_data_science.views
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def correct_in_place(counts: Counts) -> None:
    """Set the last day to zero, through a view: the caller's array changes."""
    last_day = counts[:, -1]
    last_day[:] = 0


def corrected(counts: Counts) -> Counts:
    """The same on a copy: the caller's array stays as it is."""
    fixed = counts.copy()
    fixed[:, -1] = 0
    return fixed


def shares(one: Counts, other: Counts) -> bool:
    """Do the two look at the same bytes?"""
    return bool(np.shares_memory(one, other))


if __name__ == "__main__":
    counts = np.arange(6).reshape(2, 3)
    print("a slice shares:", shares(counts, counts[:, 1:]))
    print("a reshape shares:", shares(counts, counts.reshape(3, 2)))
    print("a mask shares:", shares(counts, counts[counts > 2]))
    print("a list of indices shares:", shares(counts, counts[[0, 1]]))
    corrected(counts)
    print("after corrected:", counts.tolist())
    correct_in_place(counts)
    print("after correct_in_place:", counts.tolist())
