"""One type, one block of memory: make arrays, and see what they do to odd values.

Run: python -m chapters.ch11_data_science.arrays
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def made() -> dict[str, NDArray[np.generic]]:
    """Six ways to make an array. `np.empty` is a seventh: it holds what lay there."""
    return {
        "from a list": np.array([3, 0, 12]),
        "with a type": np.array([3, 0, 12], dtype=np.float64),
        "zeros": np.zeros(3),
        "ones, small": np.ones(3, dtype=np.uint8),
        "a range": np.arange(0, 12, 4),
        "filled": np.full(3, 7),
    }


def week(seed: int = 11) -> Counts:
    """Animals counted at four stations (rows) on seven days (columns)."""
    return np.random.default_rng(seed).integers(0, 30, size=(4, 7))


def bytes_each(value: NDArray[np.generic]) -> int:
    """What one element costs; an `int` in a list costs 28 bytes and a pointer."""
    return value.nbytes // value.size


if __name__ == "__main__":
    for name, values in made().items():
        print(f"{name}: {values} {values.dtype}, {bytes_each(values)} bytes each")
    counts = week()
    print(counts)
    print("shape", counts.shape, "dimensions", counts.ndim, "size", counts.size)
    print("third station, second day:", counts[2, 1])
    print("first two stations, every third day:", counts[:2, ::3].tolist())
