# expect: a model made with scikit-learn 1.9.1 (here is 1.9.0)
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def load_checked(folder: Path, make: Callable[[bytes], Any], here: str) -> Any:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        digest, version = manifest["sha256"], manifest["scikit_learn"]
        content = (folder / "model.bin").read_bytes()
    except (OSError, KeyError) as error:
        raise ValueError(f"something is missing: {error!r}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("model.bin is not the file that was saved")
    if version < here:
        raise ValueError("made with an older scikit-learn")
    return make(content)
