"""What git does to our files: text ends its lines one way, bytes stay as they are."""

import shutil
import subprocess
from pathlib import Path

import pytest

from chapters.toolkit.environment import ROOT

PLACES = ("chapters", "notebooks", "tests", "assets", "requirements")
PLACES += (".ci", ".binder", ".devcontainer", ".github")


def ours() -> list[Path]:
    """Every file that somebody wrote or that ships; no caches."""
    found = [path for place in PLACES for path in (ROOT / place).rglob("*")]
    found += ROOT.glob("*")
    left_out = ("__pycache__", ".ipynb_checkpoints")
    return [
        path.relative_to(ROOT)
        for path in sorted(found)
        if path.is_file() and not any(part in path.parts for part in left_out)
    ]


def attributes(tmp_path: Path, paths: list[Path]) -> dict[str, dict[str, str]]:
    """What .gitattributes says of each, in a repository that holds nothing else."""
    if not (git := shutil.which("git")):
        pytest.skip("git is not here: `.ci/run` has it from the checkout")
    subprocess.run([git, "init", "--quiet", str(tmp_path)], check=True)
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    said = subprocess.run(
        [
            git,
            "-C",
            str(tmp_path),
            "check-attr",
            "--stdin",
            "-z",
            "text",
            "eol",
            "diff",
        ],
        input="\0".join(path.as_posix() for path in paths) + "\0",
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    found: dict[str, dict[str, str]] = {}
    for name, attribute, value in zip(*[iter(said)] * 3, strict=False):
        found.setdefault(name, {})[attribute] = value
    return found


def test_bytes_are_left_alone_and_text_ends_its_lines_one_way(tmp_path: Path) -> None:
    paths = ours()
    given = attributes(tmp_path, paths)
    assert len(given) == len(paths) > 500
    for path in paths:
        content, name = (ROOT / path).read_bytes(), path.as_posix()
        if b"\0" in content:
            said = f"{name}: name its suffix in .gitattributes as binary"
            assert given[name]["text"] == "unset", said
        elif given[name]["text"] != "unset":
            assert given[name]["eol"] == "lf" and b"\r\n" not in content, name


def test_a_lock_is_text_that_no_one_reads_line_by_line(tmp_path: Path) -> None:
    (lock,) = attributes(tmp_path, [Path("requirements/course.lock")]).values()
    assert lock == {"text": "set", "eol": "lf", "diff": "unset"}
    for model in ("x.onnx", "x.skops", "x.safetensors", "x.npz", "x.parquet"):
        (one,) = attributes(tmp_path, [Path("assets/models", model)]).values()
        assert one["text"] == "unset", model
