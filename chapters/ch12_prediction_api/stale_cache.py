"""A cache whose key forgets the model answers for a model that is gone.

Run: answers(models) with a folder that holds 2026.1 and 2026.2.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import joblib

from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.schemas import Row


def without_version(row: Row, model: Model) -> str:
    return model.predict([row])[0][0]


def with_version(version: str, row: Row, model: Model) -> str:
    return model.predict([row])[0][0]


def answers(models: Path, row: Row) -> dict[str, list[str]]:
    """What each cache says while 2026.1 serves, and after 2026.2 took over."""
    said: dict[str, list[str]] = {"without the version": [], "with the version": []}
    with TemporaryDirectory() as folder:
        memory = joblib.Memory(folder, verbose=0)
        forgetful = memory.cache(without_version, ignore=["model"])
        mindful = memory.cache(with_version, ignore=["model"])
        for version in ("2026.1", "2026.2"):
            model = load(models / version)
            said["without the version"].append(forgetful(row, model))
            said["with the version"].append(mindful(version, row, model))
    return said
