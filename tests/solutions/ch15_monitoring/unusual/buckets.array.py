import numpy as np


def choose(times: list[float]) -> list[float]:
    return np.quantile(times, [0.49, 0.51, 0.945, 0.955, 0.989, 0.991])
