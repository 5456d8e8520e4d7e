"""Shapes are compared from the right: equal, or one of them is 1.

Run: python -m chapters.ch11_data_science.broadcasting
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def standardised(table: Numbers) -> Numbers:
    """Each column with mean 0 and spread 1: (rows, 4) - (4,) is (rows, 4)."""
    columns: Numbers = (table - table.mean(axis=0)) / table.std(axis=0)
    return columns


def shares_of_row(table: Numbers) -> Numbers:
    """Each row as parts of its sum: `keepdims` keeps (rows, 1), which stretches."""
    parts: Numbers = table / table.sum(axis=1, keepdims=True)
    return parts


def meeting(*shapes: tuple[int, ...]) -> str:
    """The shape that comes out, or what NumPy says against it."""
    try:
        return str(np.broadcast_shapes(*shapes))
    except ValueError as error:
        return f"ValueError: {error}"


if __name__ == "__main__":
    for pair in [((4, 7), ()), ((4, 7), (7,)), ((4, 1), (1, 7)), ((4, 7), (4,))]:
        print(*pair, "->", meeting(*pair))
    table = np.array([[1.0, 10.0], [3.0, 30.0]])
    print(standardised(table).tolist())
    print(shares_of_row(table).round(2).tolist())
