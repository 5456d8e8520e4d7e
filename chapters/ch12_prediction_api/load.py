"""Predict in a fresh process. Run: python -m chapters.ch12_prediction_api.load FILE"""

import sys
from pathlib import Path
from typing import Any

import joblib
from sklearn.ensemble import RandomForestClassifier

BIRD = {
    "body_mass_g": 5200.0,
    "bill_length_mm": 47.5,
    "bill_depth_mm": 14.8,
    "flipper_length_mm": 218.0,
}


def load(path: Path) -> tuple[Any, list[str]]:
    """What came back has no type that a checker knows; so we look."""
    forest, features = joblib.load(path)  # only a file of your own: see attack.py
    assert isinstance(forest, RandomForestClassifier)
    return forest, features


if __name__ == "__main__":
    forest, features = load(Path(sys.argv[1]))
    print(forest.predict([[BIRD[name] for name in features]])[0])
