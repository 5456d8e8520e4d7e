# expect: scaling before the split lets the test leak into the training
from typing import Any

import numpy as np
from sklearn.model_selection import cross_val_score


def honest_scores(
    table: np.ndarray, labels: np.ndarray, scaler: Any, model: Any
) -> np.ndarray:
    scaled = scaler.fit_transform(table)
    return cross_val_score(model, scaled, labels, cv=5)
