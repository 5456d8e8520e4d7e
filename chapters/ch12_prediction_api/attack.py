"""A "model" that runs what its author wants. Harmless here: it prints a sentence.

Run: python -m chapters.ch12_prediction_api.attack FOLDER
"""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import joblib
import skops.io

SENTENCE = "I ran while you were loading. I could have read your keys."


class Trap:
    """Pickle asks an object how to make it again. This one says: call print."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return print, (SENTENCE,)


class Stranger:
    """A class that skops has never heard of."""


def set_traps(folder: Path) -> None:
    joblib.dump(Trap(), folder / "model.joblib")
    (folder / "model.skops").write_bytes((folder / "model.joblib").read_bytes())
    skops.io.dump(Stranger(), folder / "class.skops")


def forge(folder: Path, content: bytes) -> None:
    """Who can write the model can write the manifest beside it, hash and all."""
    (folder / "model.skops").write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    digest = hashlib.sha256(content).hexdigest()
    manifest |= {"version": folder.name, "sha256": digest, "size": len(content)}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def step_into(folder: Path) -> None:
    model = joblib.load(folder / "model.joblib")
    print("joblib.load gave back:", model)
    for file in ("model.skops", "class.skops"):
        try:
            skops.io.load(folder / file, trusted=[])
        except Exception as error:
            reason = str(error).partition("\n")[0]
            print(f"skops.io.load refused {file}: {type(error).__name__}: {reason}")


if __name__ == "__main__":
    set_traps(Path(sys.argv[1]))
    step_into(Path(sys.argv[1]))
