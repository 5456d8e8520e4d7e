# expect: is only applied to the fifth that is asked
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedKFold


def honest_scores(
    table: np.ndarray, labels: np.ndarray, scaler: Any, model: Any
) -> np.ndarray:
    scores = []
    for learn, ask in StratifiedKFold(5).split(table, labels):
        model.fit(scaler.fit_transform(table[learn]), labels[learn])
        scores.append(model.score(scaler.fit_transform(table[ask]), labels[ask]))
    return np.array(scores)
