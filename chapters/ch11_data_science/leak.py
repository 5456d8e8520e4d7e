"""Coin flips cannot be predicted, unless the answers leak into the preparation.

Run: python -m chapters.ch11_data_science.leak
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

Noise = tuple[NDArray[np.float64], NDArray[np.int64]]


def noise(rows: int = 60, columns: int = 5000) -> Noise:
    """Numbers without meaning, and a coin flip for each row."""
    rng = np.random.default_rng(11)
    return rng.normal(size=(rows, columns)), np.arange(rows) % 2


def leaky() -> float:
    """The best 20 columns are chosen with every answer in sight, before the folds."""
    table, coins = noise()
    chosen = SelectKBest(k=20).fit_transform(table, coins)
    return float(cross_val_score(LogisticRegression(), chosen, coins, cv=5).mean())


def tight() -> float:
    """The choice is a step of the pipeline: each fold chooses for itself."""
    table, coins = noise()
    model = make_pipeline(SelectKBest(k=20), LogisticRegression())
    return float(cross_val_score(model, table, coins, cv=5).mean())


if __name__ == "__main__":
    print("leaky, better than 0.8:", leaky() > 0.8)
    print("tight, better than 0.65:", tight() > 0.65)
