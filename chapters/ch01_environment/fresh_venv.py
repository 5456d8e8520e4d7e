"""Make an environment: it holds nearly nothing. Try: python fresh_venv.py"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

WINDOWS = sys.platform == "win32"


def make(folder: Path) -> Path:
    """Create an environment in `folder` and return its Python."""
    venv.create(folder, symlinks=not WINDOWS, with_pip=False)
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


def sees(python: Path, module: str) -> bool:
    """Tell whether this Python can import a module; it finds out by trying."""
    command = [str(python), "-I", "-c", f"import {module}"]
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        new = make(Path(place, "venv"))
        print("json:", sees(new, "json"), "fastapi:", sees(new, "fastapi"))
