import numpy as np


def mean_counted(counts: np.ndarray) -> np.ndarray:
    counted = counts >= 0
    days = counted.sum(axis=1)
    total = np.where(counted, counts, 0).sum(axis=1)
    nothing = np.full(len(days), np.nan)
    return np.divide(total, days, out=nothing, where=days > 0)
