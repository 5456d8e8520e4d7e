import numpy as np


def k_folds(rows: int, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    every = np.arange(rows)
    parts = np.array_split(every, k)
    return [(np.setdiff1d(every, part), part) for part in parts]
