"""pyproject.toml, the locks, environment.yml and the devcontainer say the same."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from chapters.toolkit import cli
from chapters.toolkit.environment import ROOT, Trouble

LOCKS = ("course.lock", "lab.lock", "ml.lock")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+?))? *\\?$", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def text(lock: str) -> str:
    return (ROOT / "requirements" / lock).read_text("utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> set[tuple[str, str]]:
    return {(normal(name), version) for name, version, _ in PIN.findall(text(lock))}


def names(lock: str) -> set[str]:
    return {name for name, _ in pins(lock)}


def conda() -> Any:
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def test_conda_gets_python_pip_and_the_lock_and_nothing_else() -> None:
    assert conda() == {
        "name": PROJECT["name"],
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": [
            "python=3.11",
            "pip",
            {"pip": ["-r requirements/course.lock"]},
        ],
    }


def test_python_versions_agree() -> None:
    from chapters.toolkit.__main__ import BEYOND, LOWEST

    low, high = re.findall(r"\d+\.\d+", PROJECT["requires-python"])
    stated = [".".join(map(str, version)) for version in (LOWEST, BEYOND)]
    assert [low, high] == stated
    assert conda()["dependencies"][0] == f"python={low}" and low == cli.LOWEST
    verify = (ROOT / ".github/workflows/verify.yml").read_text("utf-8")
    assert 'python: ["3.11", "3.13"]' in verify


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_has_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", text(lock).strip())
    bare = [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]
    assert not bare, f"requirements/{lock}: {bare}: run `make lock`"
    assert len(blocks) == len(PIN.findall(text(lock))) > 25


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host_or_an_option(lock: str) -> None:
    assert "://" not in text(lock)
    assert not re.findall(r"^(?:-|#).*", text(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_torch_and_its_drivers_are_in_no_lock(lock: str) -> None:
    heavy = ("torch", "nvidia-", "triton", "cuda-")
    assert not [name for name in names(lock) if name.startswith(heavy)]


def test_every_dependency_is_locked() -> None:
    for needs, lock in (
        (PROJECT["dependencies"], "course.lock"),
        (PROJECT["optional-dependencies"]["lab"], "lab.lock"),
        (PROJECT["optional-dependencies"]["ml"], "ml.lock"),
    ):
        wanted = {normal(re.split(r"[^A-Za-z0-9._-]", need)[0]) for need in needs}
        missing = wanted - names(lock)
        assert not missing, f"{missing} not in requirements/{lock}: run `make lock`"


def test_the_base_starts_fast() -> None:
    slow = {"jupyterlab", "rfc3987-syntax"} & names("course.lock")
    assert not slow, "1.3 s in every import of nbformat: it belongs to the lab set"


@pytest.mark.parametrize("lock", ["lab.lock", "ml.lock"])
def test_what_two_locks_have_is_the_same(lock: str) -> None:
    both = names("course.lock") & names(lock)
    course = {pin for pin in pins("course.lock") if pin[0] in both}
    assert {pin for pin in pins(lock) if pin[0] in both} <= course


def test_resolving_again_gives_the_same_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    try:
        again = cli.resolve(ROOT)
    except Trouble as trouble:
        if "index cannot be reached" not in str(trouble):
            raise
        pytest.skip("the package index cannot be reached: nothing can be resolved")
    stale = [name for name in LOCKS if again[name] != text(name)]
    assert not stale, f"{stale}: not what pyproject.toml asks for: run `make lock`"


def test_a_first_lock_needs_none_before(tmp_path: Path) -> None:
    head = '[project]\nname = "clone"\nversion = "0"\nrequires-python = ">=3.11"\n'
    extra = "[project.optional-dependencies]\nlab = []\nml = []\n"
    (tmp_path / "pyproject.toml").write_text(f"{head}dependencies = []\n{extra}")
    assert cli.resolve(tmp_path) == dict.fromkeys(LOCKS, "")
