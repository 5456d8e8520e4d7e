# expect: none is lost to a remainder
import numpy as np


def k_folds(rows: int, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    every, size = np.arange(rows), rows // k
    parts = [every[turn * size : (turn + 1) * size] for turn in range(k)]
    return [(np.setdiff1d(every, part), part) for part in parts]
