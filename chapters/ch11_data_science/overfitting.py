"""A curve may learn its twelve points by heart, and know nothing in between.

Run: python -m chapters.ch11_data_science.overfitting
"""

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def tide(hours: Numbers) -> Numbers:
    """The truth, which no model is shown: the water's height, in metres."""
    height: Numbers = 2 + 1.5 * np.sin(hours / 12 * 2 * np.pi)
    return height


def readings(count: int, seed: int) -> tuple[Numbers, Numbers]:
    """What somebody read off a post in the waves, within a few decimetres."""
    rng = np.random.default_rng(seed)
    hours = np.sort(rng.uniform(0, 12, count))
    return hours, tide(hours) + rng.normal(0, 0.35, count)


def fitted(degree: int, hours: Numbers, heights: Numbers) -> Polynomial:
    return Polynomial.fit(hours, heights, degree, domain=[0, 12])


def miss(curve: Polynomial, hours: Numbers, heights: Numbers) -> float:
    """Root of the mean squared error, in metres."""
    return float(np.sqrt(np.mean((curve(hours) - heights) ** 2)))


def errors(degree: int) -> tuple[float, float]:
    """On the twelve readings that it saw, and on two hundred that it did not."""
    seen, unseen = readings(12, seed=4), readings(200, seed=5)
    curve = fitted(degree, *seen)
    return miss(curve, *seen), miss(curve, *unseen)


if __name__ == "__main__":
    for degree in (1, 3, 9):
        print(degree, "seen {:.1f} m, unseen {:.1f} m".format(*errors(degree)))
