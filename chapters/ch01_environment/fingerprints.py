"""A lock with hashes refuses a changed file. Try: python fingerprints.py"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAME = "plumage-1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: plumage\nVersion: 1.0\n"
WHEEL = (
    "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)


def wheel(folder: Path, code: str) -> Path:
    """Pack one module as a wheel: a zip file with three notes about itself."""
    info = "plumage-1.0.dist-info/"
    files = {"plumage.py": code, info + "METADATA": METADATA, info + "WHEEL": WHEEL}
    files[info + "RECORD"] = "".join(f"{name},,\n" for name in files)
    with zipfile.ZipFile(folder / NAME, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return folder / NAME


def lock_line(file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return f"plumage==1.0 --hash=sha256:{digest}\n"


def install(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Install from `folder` alone, and only what has the hash in `line`."""
    lock = folder / "small.lock"
    lock.write_text(line)
    uv = [sys.executable, "-m", "uv", "--no-config", "--no-cache", "--color=never"]
    source = ["--no-index", "--find-links", str(folder), "--require-hashes"]
    target = ["--target", str(folder / "site"), "--reinstall", "-r", str(lock)]
    command = [*uv, "pip", "install", *source, *target]
    env = {k: v for k, v in os.environ.items() if not k.startswith("UV_")}
    return subprocess.run(command, capture_output=True, check=False, text=True, env=env)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        room = Path(place)
        promise = lock_line(wheel(room, "COLOUR = 'blue'\n"))
        print("as locked:", install(room, promise).returncode)
        wheel(room, "COLOUR = 'black'\n")
        print("tampered: ", install(room, promise).returncode)
