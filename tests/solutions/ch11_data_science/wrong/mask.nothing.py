# expect: nobody ever counted there: NaN, not 0
import numpy as np


def mean_counted(counts: np.ndarray) -> np.ndarray:
    counted = counts >= 0
    days = np.maximum(counted.sum(axis=1), 1)
    return np.where(counted, counts, 0).sum(axis=1) / days
