"""Train the forest, measure it, keep it. Run: python -m chapters.ch12_prediction_api"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from chapters.ch12_prediction_api.service.artefact import (
    Manifest,
    Refused,
    load,
    save,
)
from chapters.ch12_prediction_api.service.schemas import Measurements

DATA = Path(__file__).parents[3] / "assets" / "data" / "penguins.csv"
FEATURES = list(Measurements.model_fields)
LATIN = {
    "Adelie": "Pygoscelis adeliae",
    "Chinstrap": "Pygoscelis antarcticus",
    "Gentoo": "Pygoscelis papua",
}


def read_penguins() -> tuple[Any, Any]:
    """Measurements and species of the penguins that were measured."""
    birds = pd.read_csv(DATA).dropna(subset=[*FEATURES, "species"])
    return birds[FEATURES].to_numpy(dtype=float), birds["species"].to_numpy(dtype=str)


def train(*, latin: bool = False, trees: int = 100) -> tuple[Any, dict[str, float]]:
    """A forest, and how often it is right about penguins that it has never seen."""
    rows, species = read_penguins()
    if latin:
        species = np.array([LATIN[name] for name in species])
    seen, unseen, names, truth = train_test_split(
        rows, species, test_size=0.25, random_state=12, stratify=species
    )
    forest = RandomForestClassifier(trees, random_state=12).fit(seen, names)
    accuracy = float(accuracy_score(truth, forest.predict(unseen)))
    return forest, {"penguins": len(unseen), "accuracy": round(accuracy, 3)}


def train_and_save(folder: Path, *, latin: bool = False, trees: int = 100) -> Manifest:
    forest, metrics = train(latin=latin, trees=trees)
    digest = hashlib.sha256(DATA.read_bytes()).hexdigest()
    example = read_penguins()[0][0].tolist()
    return save(forest, folder, example=example, data_sha256=digest, metrics=metrics)


def provide(models: Path) -> None:
    """Both versions that the chapter works with, unless they are there and fit."""
    for version, latin in {"2026.1": False, "2026.2": True}.items():
        try:
            load(models / version)
        except Refused:
            train_and_save(models / version, latin=latin)
