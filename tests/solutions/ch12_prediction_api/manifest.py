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
    if version != here:
        raise ValueError(f"made with scikit-learn {version}, and here is {here}")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("model.bin is not the file that was saved")
    return make(content)
