"""A model on disk, and a manifest that says what it must be. Load what matches."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import sklearn
import skops.io
from pydantic import BaseModel, ConfigDict, ValidationError
from skops.io.exceptions import UntrustedTypesFoundException

from chapters.ch12_prediction_api.service.schemas import Row

# A forged tree runs no code, but can crash the process: first the hash, then this.
TRUSTED = ["sklearn.tree._tree.Tree"]


class Refused(Exception):
    """Why an artefact is not loaded."""


class Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    sha256: str
    size: int
    scikit_learn: str
    data_sha256: str
    metrics: dict[str, float]
    example: Row
    answer: str


@dataclass(frozen=True)
class Model:
    """A forest that was checked, and the answers that it has given."""

    version: str
    forest: Any
    sha256: str = ""
    # Part of the model: who exchanges the one has exchanged the other.
    answers: dict[Row, tuple[str, float]] = field(default_factory=dict)

    def predict(self, rows: list[Row]) -> list[tuple[str, float]]:
        chances = self.forest.predict_proba(rows)
        names = self.forest.classes_[chances.argmax(axis=1)]
        best = chances.max(axis=1)
        return [(str(n), float(p)) for n, p in zip(names, best, strict=True)]


def save(forest: Any, folder: Path, *, example: Row, **about: Any) -> Manifest:
    """Write model.skops, and manifest.json last: without it nothing is loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    content = skops.io.dumps(forest)
    (folder / "model.skops").write_bytes(content)
    manifest = Manifest(
        version=folder.name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        scikit_learn=sklearn.__version__,
        example=example,
        answer=str(forest.predict([example])[0]),
        **about,
    )
    (folder / "manifest.json").write_text(manifest.model_dump_json(indent=2))
    return manifest


def load(folder: Path) -> Model:
    """The model, or Refused with the reason. Nothing is run before all is checked."""
    manifest = read_manifest(folder)
    content = read_checked(folder / "model.skops", manifest)
    try:
        forest = skops.io.loads(content, trusted=TRUSTED)
    except UntrustedTypesFoundException as error:
        reason = str(error).partition("\n")[0]
        raise Refused(f"model.skops is not to be trusted: {reason}") from error
    except (BadZipFile, KeyError) as error:
        raise Refused("model.skops is no skops file, but something else") from error
    model = Model(manifest.version, forest, manifest.sha256)
    [(answer, _)] = model.predict([manifest.example])
    if answer != manifest.answer:
        told = f"model.skops answers {answer} where its manifest says"
        raise Refused(f"{told} {manifest.answer}")
    return model


def read_manifest(folder: Path) -> Manifest:
    try:
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except OSError as error:
        raise Refused(f"there is no manifest.json in {folder.name}") from error
    except ValidationError as error:
        raise Refused("manifest.json is damaged, or no manifest") from error
    if manifest.version != folder.name:
        raise Refused(f"manifest.json is of {manifest.version}, not of {folder.name}")
    if manifest.scikit_learn != sklearn.__version__:
        made, here = manifest.scikit_learn, sklearn.__version__
        raise Refused(f"made with scikit-learn {made}, and here is {here}: train anew")
    return manifest


def read_checked(path: Path, manifest: Manifest) -> bytes:
    """Read once and check what was read: the file may change between two reads."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"there is no {path.name}") from error
    if len(content) < manifest.size:
        raise Refused(f"{path.name} is cut off: it was longer when it was saved")
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise Refused(f"{path.name} is not the file that was saved: its hash differs")
    return content
