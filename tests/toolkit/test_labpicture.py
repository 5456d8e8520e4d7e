"""The README's picture can be taken at any time, and shows something."""

import hashlib
import os
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from chapters.toolkit import labpicture
from chapters.toolkit.environment import LAB, Environment

ENTRY = """[[file]]
path = "images/{}"
source = "made here"
licence = "MIT"
sha256 = "old"
size = 1
"""


def test_a_chapter_in_jupyterlab_is_photographed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = labpicture.lacking()
    if lacking and not os.environ.get("CI"):
        pytest.skip(f"the picture of JupyterLab needs {lacking}")
    target, manifest = tmp_path / "lab.png", tmp_path / "MANIFEST.toml"
    manifest.write_text(ENTRY.format("lab.png"))
    assert labpicture.main(target, manifest) == 0
    assert capsys.readouterr().out.startswith("lab.png: ")
    assert target.stat().st_size <= 300_000
    with Image.open(target) as image:
        size = labpicture.SIZE["width"], labpicture.SIZE["height"]
        assert image.size == size
        assert len(image.convert("RGB").getcolors(1_000_000) or []) > 50
    (entry,) = tomllib.loads(manifest.read_text())["file"]
    assert entry["size"] == target.stat().st_size


def test_what_the_picture_lacks_is_said_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labpicture, "browser", lambda: None)
    monkeypatch.setattr(labpicture, "LAB", Environment(tmp_path, ".none", LAB.lock))
    assert labpicture.lacking() == (
        "Chromium (apt install chromium) and .none (make setup SET=lab)"
    )


def test_the_manifest_learns_what_the_picture_is(tmp_path: Path) -> None:
    picture, manifest = tmp_path / "lab.png", tmp_path / "MANIFEST.toml"
    picture.write_bytes(b"feathers")
    manifest.write_text(
        f"# Why\n\n{ENTRY.format('owl.png')}\n{ENTRY.format('lab.png')}"
    )
    labpicture.record(picture, manifest)
    owl, lab = tomllib.loads(manifest.read_text())["file"]
    assert (owl["sha256"], owl["size"]) == ("old", 1)
    digest = hashlib.sha256(b"feathers").hexdigest()
    assert (lab["sha256"], lab["size"]) == (digest, 8)
    assert manifest.read_text().startswith("# Why\n")
