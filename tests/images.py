"""A base image without a registry: this machine's own Debian packages, and no more.

Used by chapter 10's test that builds its Dockerfile with buildah, without an engine.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# libstdc++6 is in every slim image, for apt needs it; compiled wheels do, too.
PACKAGES = (
    *("base-files", "base-passwd", "coreutils", "dash", "libc-bin"),
    *("libstdc++6", "python3", "python3-venv"),
)
BASE = "localhost/python:debian"


def said(*words: str, **options: object) -> str:
    """What a command prints; its complaint if it fails."""
    done = subprocess.run(words, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{' '.join(words[:4])}: {done.stdout}{done.stderr}"
    return str(done.stdout)


def debian_python() -> str:
    """The version of the Python in the base, such as 3.11."""
    return said("/usr/bin/python3", "-V").split()[1].rpartition(".")[0]


def closure() -> list[str]:
    """The packages above with all that they need, as far as it is installed."""
    kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    words = ["apt-cache", "depends", "--recurse", "--installed"]
    told = said(*words, *(f"--no-{kind}" for kind in kinds), *PACKAGES)
    return sorted(set(re.findall(r"^\w[\w.+-]+", told, re.MULTILINE)))


def unpack(root: Path) -> None:
    """Their files, as they lie here."""
    files = said("dpkg-query", "--listfiles", *closure()).splitlines()
    wanted = sorted(
        {one for one in files if one.startswith("/") and os.path.lexists(one)}
    )
    wanted = [
        one
        for one in wanted
        if not one.startswith(("/usr/share/doc", "/usr/share/man"))
    ]
    for link in ("/bin", "/lib", "/lib64", "/sbin"):  # merged into /usr
        if os.path.islink(link):
            (root / link[1:]).symlink_to(os.readlink(link))
            (root / os.readlink(link)).mkdir(parents=True)
    names = "\n".join(one.lstrip("/") for one in wanted if not is_top(one))
    tar = ["tar", "--create", "--no-recursion", "--directory=/", "--files-from=-"]
    packed = subprocess.run(tar, input=names.encode(), capture_output=True, check=True)
    into = ["tar", "--extract", "--keep-directory-symlink", f"--directory={root}"]
    subprocess.run(into, input=packed.stdout, check=True)
    for kind in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{kind}.master", root / f"etc/{kind}")
    if not (root / "usr/bin/sh").exists():  # a choice of the machine, in no package
        (root / "usr/bin/sh").symlink_to("dash")
    (root / "tmp").mkdir(mode=0o1777, exist_ok=True)


def is_top(path: str) -> bool:
    return path in ("/.", "/bin", "/lib", "/lib64", "/sbin")


class Builder:
    """buildah with storage of its own; nothing of it stays."""

    def __init__(self, buildah: str, folder: Path) -> None:
        store = [f"--root={folder}/root", f"--runroot={folder}/run"]
        self.words = [buildah, *store, "--storage-driver=overlay"]
        self.folder = folder

    def __call__(self, *words: str) -> str:
        return said(*self.words, *words).strip()

    def base(self) -> str:
        """The image that stands for python:3.13-slim: its Python is Debian's."""
        (root := self.folder / "base").mkdir(parents=True)
        unpack(root)
        box = self("from", "scratch")
        self("add", box, str(root), "/")
        self("commit", "--quiet", box, BASE)
        return BASE


@contextmanager
def builder(buildah: str, folder: Path) -> Iterator[Builder]:
    try:
        yield Builder(buildah, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
