# expect: your function raised `KeyError`
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def load_checked(folder: Path, make: Callable[[bytes], Any], here: str) -> Any:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        digest = manifest["sha256"]
        content = (folder / "model.bin").read_bytes()
    except (OSError, KeyError) as error:
        raise ValueError(f"something is missing: {error!r}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("model.bin is not the file that was saved")
    if manifest["scikit_learn"] != here:
        raise ValueError("made with another scikit-learn")
    return make(content)
