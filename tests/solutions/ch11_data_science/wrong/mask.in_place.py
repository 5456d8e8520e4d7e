# expect: my array had changed
import numpy as np


def mean_counted(counts: np.ndarray) -> np.ndarray:
    counted = counts >= 0
    counts[~counted] = 0
    days = counted.sum(axis=1)
    nothing = np.full(len(days), np.nan)
    return np.divide(counts.sum(axis=1), days, out=nothing, where=days > 0)
