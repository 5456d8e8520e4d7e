"""Handwritten digits: one score flatters, five are honest, and more data helps.

Run: python -m chapters.ch11_data_science.digits
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score, learning_curve
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

Numbers = NDArray[np.float64]
PIXELS, NAMES = load_digits(return_X_y=True)
GRID = {"C": [1, 10], "gamma": [0.00001, 0.0001, 0.001, 0.01]}


def fold_scores(model: BaseEstimator) -> Numbers:
    """Five parts; each is asked once, by a model that learned from the others."""
    scores: Numbers = cross_val_score(model, PIXELS, NAMES, cv=5, n_jobs=1)
    return scores


def search() -> GridSearchCV:
    """Eight pairs of settings, three folds each; the last digits stay unseen."""
    return GridSearchCV(SVC(), GRID, cv=3, n_jobs=1).fit(PIXELS[:1200], NAMES[:1200])


def growth(model: BaseEstimator) -> tuple[Numbers, Numbers, Numbers]:
    """How many digits, the mean score on these, the mean score on others."""
    sizes, seen, unseen = learning_curve(
        model,
        PIXELS,
        NAMES,
        cv=5,
        train_sizes=[50, 150, 400, 800, 1400],
        shuffle=True,
        random_state=11,
        n_jobs=1,
    )[:3]
    return sizes, seen.mean(axis=1), unseen.mean(axis=1)


if __name__ == "__main__":
    print(PIXELS.shape, "grey from", PIXELS.min(), "to", PIXELS.max())
    print("five folds:", fold_scores(GaussianNB()).round(2).tolist())
    found = search()
    print("best:", found.best_params_)
    print("unseen, above 0.9:", found.score(PIXELS[1200:], NAMES[1200:]) > 0.9)
