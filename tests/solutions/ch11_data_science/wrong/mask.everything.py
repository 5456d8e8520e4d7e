# expect: -1 means that nobody counted that day
import numpy as np


def mean_counted(counts: np.ndarray) -> np.ndarray:
    return counts.mean(axis=1)
