"""Keep a forest in a file. Run: python -m chapters.ch12_prediction_api.dump FILE"""

import sys
from pathlib import Path

import joblib

from chapters.ch12_prediction_api.service.training import FEATURES, train


def dump(path: Path) -> None:
    forest, _ = train()
    # The order of the columns goes along: the forest itself knows numbers only.
    joblib.dump((forest, FEATURES), path)


if __name__ == "__main__":
    dump(Path(sys.argv[1]))
