# expect: I handed in a scaler, and nobody fitted it
from typing import Any

import numpy as np
from sklearn.model_selection import cross_val_score


def honest_scores(
    table: np.ndarray, labels: np.ndarray, scaler: Any, model: Any
) -> np.ndarray:
    return cross_val_score(model, table, labels, cv=5)
