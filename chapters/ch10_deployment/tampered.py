"""A wheel that was changed on its way, and an installer that notices.

Run: python -m chapters.ch10_deployment.tampered
"""

import hashlib
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from zipfile import ZipFile

NAME = "hide_counter-1.0-py3-none-any.whl"
ABOUT = "Metadata-Version: 2.1\nName: hide-counter\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
HONEST = "def count():\n    return 7\n"
EVIL = HONEST + "print('I run with your rights, and read your secrets')\n"

INSTALLERS = {
    "pip": [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"],
    "uv": [sys.executable, "-m", "uv", "pip", "install", "--no-cache"],
}


def build(folder: Path, code: str) -> Path:
    """A wheel is a zip file; this is the least that one must hold."""
    with ZipFile(folder / NAME, "w") as wheel:
        wheel.writestr("hide_counter.py", code)
        wheel.writestr("hide_counter-1.0.dist-info/METADATA", ABOUT)
        wheel.writestr("hide_counter-1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("hide_counter-1.0.dist-info/RECORD", "")
    return folder / NAME


def lock(wheel: Path) -> str:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"hide-counter==1.0 --hash=sha256:{digest}\n"


def install(installer: str, folder: Path, *flags: str) -> str:
    """`installed`, or the line in which the installer refuses."""
    command = [*INSTALLERS[installer], *flags, "--no-index", "--no-deps"]
    command += ["--find-links", str(folder), "--target", mkdtemp(dir=folder)]
    command += ["-r", str(folder / "requirements.txt")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if not done.returncode:
        return "installed"
    said = (done.stderr + done.stdout).lower()
    return "refused: the hash" if "hash" in said else f"failed: {said}"


def story(installer: str) -> dict[str, str]:
    """Lock an honest wheel; then somebody puts another one in its place."""
    with TemporaryDirectory() as room:
        folder = Path(room)
        locked = lock(build(folder, HONEST))
        requirements = folder / "requirements.txt"
        requirements.write_text(locked)
        told = {"as locked": install(installer, folder, "--require-hashes")}
        build(folder, EVIL)
        told["tampered"] = install(installer, folder, "--require-hashes")
        requirements.write_text("hide-counter==1.0\n")
        told["no hash in the lock"] = install(installer, folder, "--require-hashes")
        told["tampered, only pinned"] = install(installer, folder)
    return told


if __name__ == "__main__":
    for installer in INSTALLERS:
        print(installer, story(installer))
