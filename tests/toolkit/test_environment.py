"""Real environments from tiny wheels: cold, half-made, stale, and every trouble."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from chapters.toolkit import environment
from chapters.toolkit.environment import Environment, Trouble

UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
PIP = any(Path(sys.base_prefix).glob("lib/python3.*/site-packages/pip"))
AGAIN = "run the same command again; what was already fetched is kept."


def wheel(shelf: Path, name: str, version: str, script: str = "") -> str:
    """A wheel with one module, or one script; its line for a lock."""
    path = shelf / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        if script:
            place = zipfile.ZipInfo(f"{name}-{version}.data/scripts/{name}")
            place.external_attr = 0o100755 << 16
            archive.writestr(place, script)
        else:
            archive.writestr(f"{name}.py", f"version = {version!r}\n")
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        archive.writestr(f"{info}/METADATA", head)
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{info}/WHEEL", tag)
        archive.writestr(f"{info}/RECORD", "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name}=={version} \\\n    --hash=sha256:{digest}\n"


class House:
    """A clone in miniature: locks, pyproject.toml, a shelf of wheels for an index."""

    def __init__(self, root: Path) -> None:
        self.root = root / "clone"
        self.shelf = root / "shelf"
        (self.root / "requirements").mkdir(parents=True)
        self.shelf.mkdir()
        self.base = Environment(self.root, ".venv", "requirements/course.lock")
        self.lab = Environment(self.root, ".venv-lab", "requirements/lab.lock")
        uv = wheel(self.shelf, "uv", "0.13.9", f'#!/bin/sh\nexec {UV} "$@"\n')
        self.lock(uv + wheel(self.shelf, "heron", "1.0"))
        text = '[project]\nname = "clone"\nversion = "0"\ndependencies = ["heron"]\n'
        text += '[project.optional-dependencies]\nml = ["otter"]\nlab = ["kestrel"]\n'
        (self.root / "pyproject.toml").write_text(text)

    def lock(self, text: str, name: str = "course.lock") -> None:
        (self.root / "requirements" / name).write_text(text)

    def bare(self, target: Environment, pip: bool = False) -> None:
        """An empty environment, made in no time: its pip, if any, is the outer one."""
        outer = ["--system-site-packages"] if pip and PIP else []
        without = [] if pip and not PIP else ["--without-pip"]
        make = [sys.executable, "-m", "venv", *outer, *without, str(target.path)]
        subprocess.run(make, check=True)

    def shim(self, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
        """Another uv on PATH."""
        folder = self.root.parent / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "uv").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "uv").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(made.shelf))
    monkeypatch.setenv("UV_OFFLINE", "1")
    return made


@pytest.fixture
def no_index(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The same clone, and an index that refuses every connection."""
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "UV_NO_INDEX", "UV_FIND_LINKS"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("UV_OFFLINE")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return house


def imported(target: Environment, name: str) -> str:
    code = f"import {name}; print({name}.version)"
    done = subprocess.run(
        [str(target.python), "-c", code], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_rubbish_then_ready_then_half_made_then_another_lock(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    base = house.base
    base.path.mkdir()
    (base.path / "rubbish").touch()
    assert not base.ready() and not base.usable()
    start = time.perf_counter()
    assert environment.ensure(base) == base.python
    making = time.perf_counter() - start
    assert "Repairing .venv from requirements/course.lock" in capsys.readouterr().out
    assert not (base.path / "rubbish").exists()
    assert imported(base, "heron") == "1.0"
    assert (base.site / "course.pth").read_text() == f"{house.root}\n"
    assert (base.scripts / "uv").exists(), "the locked uv came by pip"

    start = time.perf_counter()
    environment.ensure(base)
    assert time.perf_counter() - start < making / 10
    assert capsys.readouterr().out == ""

    base.stamp.unlink()
    environment.ensure(base)
    assert "Repairing .venv" in capsys.readouterr().out

    uv = environment.locked_uv((house.root / base.lock).read_text())
    house.lock(uv + wheel(house.shelf, "heron", "2.0.1"))
    assert not base.ready()
    environment.ensure(base)
    assert imported(base, "heron") == "2.0.1"


def test_a_clone_that_moved_makes_its_environment_anew(house: House) -> None:
    house.bare(house.base)
    assert house.base.usable()
    moved = house.root.parent / "elsewhere"
    house.root.rename(moved)
    assert not Environment(moved, ".venv", "requirements/course.lock").usable()


def test_the_lab_has_its_own_environment_and_the_base_s_kernel(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.shim(monkeypatch, f'exec {UV} "$@"')
    house.lock(wheel(house.shelf, "kestrel", "1.0"), "lab.lock")
    house.bare(house.base)
    house.bare(house.lab)
    share = house.lab.path / "share" / "jupyter"
    # As uv leaves it: the wheel's own file, which is the cache's file as well.
    (cached := house.root / "cached.json").write_text("the wheel's own")
    (share / "kernels" / "python3").mkdir(parents=True)
    (share / "kernels" / "python3" / "kernel.json").hardlink_to(cached)
    assert environment.ensure_lab(house.lab, house.base) == house.lab.python
    assert cached.read_text() == "the wheel's own"
    kernel = json.loads((share / "kernels/python3/kernel.json").read_text())
    assert kernel["argv"][0] == str(house.base.python)
    assert "IPYTHONDIR" in kernel["env"]
    assert "fetchNews" in (share / "lab/settings/overrides.json").read_text()


def test_torch_comes_from_the_usual_index_where_its_own_is_away(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    refuse = 'case "$*" in *torch-backend*) echo "dns error" >&2; exit 2;; esac\n'
    house.shim(monkeypatch, f'{refuse}exec {UV} "$@"')
    wheel(house.shelf, "torch", "2.13.0")
    house.lock(wheel(house.shelf, "otter", "1.0"), "ml.lock")
    house.bare(house.base, pip=True)
    environment.ensure_ml(house.base)
    assert "torch 2.13.0 is installed." in capsys.readouterr().out
    assert imported(house.base, "otter") == "1.0"
    environment.ensure_ml(house.base)
    assert capsys.readouterr().out == ""


def test_torch_comes_from_its_own_index_where_it_can(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = 'for a do shift; [ "$a" = --torch-backend=auto ] || set -- "$@" "$a"; done'
    house.shim(monkeypatch, f'{accept}\nexec {UV} "$@"')
    wheel(house.shelf, "torch", "2.14.0")
    house.bare(house.base)
    tool = [environment.uv(house.base), "pip", "install", "--python"]
    tool.append(str(house.base.python))
    assert environment.install_torch(tool, house.base, locked=True) == "torch 2.14.0"


def test_the_newest_release_of_everything_ignores_the_lock(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse = 'case "$*" in *torch-backend*) echo "dns error" >&2; exit 2;; esac\n'
    house.shim(monkeypatch, f'{refuse}exec {UV} "$@"')
    wheel(house.shelf, "heron", "3.0")
    wheel(house.shelf, "torch", "2.13.0")
    wheel(house.shelf, "otter", "2.0")
    latest = Environment(house.root, ".venv-latest", "requirements/course.lock")
    house.bare(latest, pip=True)
    environment.ensure_latest(latest)
    assert imported(latest, "heron") == "3.0"
    assert imported(latest, "torch") == "2.13.0"
    assert imported(latest, "otter") == "2.0", "the ml set belongs to everything"


# -- troubles: one line, and what to do ----------------------------------------


def test_no_index_for_pip(no_index: House) -> None:
    no_index.bare(no_index.base, pip=True)
    with pytest.raises(Trouble, match="package index cannot be reached") as caught:
        environment.ensure(no_index.base)
    text = str(caught.value)
    assert "\n" not in text and "Remedy: check the network" in text
    assert not no_index.base.ready()


def test_no_index_for_uv(no_index: House, monkeypatch: pytest.MonkeyPatch) -> None:
    no_index.shim(monkeypatch, f'exec {UV} "$@"')
    no_index.bare(no_index.base)
    with pytest.raises(Trouble, match="package index cannot be reached"):
        environment.ensure(no_index.base)


def test_a_package_that_is_not_the_locked_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.shim(monkeypatch, f'exec {UV} "$@"')
    house.bare(house.base)
    house.lock("heron==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(Trouble, match="A package is not the locked one"):
        environment.ensure(house.base)


def test_the_disk_fills_up_on_the_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = "No space left on device (os error 28)"
    told = 'case "$*" in --version) echo "uv 0.13.9";; *) '
    house.shim(monkeypatch, f'{told} echo "{full}" >&2; exit 2;; esac')
    house.bare(house.base)
    with pytest.raises(Trouble, match="The disk is full") as caught:
        environment.ensure(house.base)
    assert str(caught.value).endswith(f"Remedy: free 2 GB, then {AGAIN}")


def test_too_little_room_is_seen_before_anything_is_made(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "ROOM", 10**18)
    with pytest.raises(Trouble, match=r"Only \d+\.\d GB are free in .*Remedy: free"):
        environment.ensure(house.base)
    assert not house.base.path.exists()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("Error: ensurepip is not available", "This Python cannot make environments"),
        ("thunder", "Failed: resting: thunder Remedy: `make clean`"),
        ("", "Failed: resting: no output"),
    ],
)
def test_other_failures_are_one_line_too(output: str, sentence: str) -> None:
    text = str(environment.explain(output, "resting"))
    assert text.startswith(sentence) and "\n" not in text


def test_a_lock_without_uv_is_damaged() -> None:
    with pytest.raises(Trouble, match="The lock has no uv"):
        environment.locked_uv("heron==1.0\n")


@pytest.mark.parametrize(
    ("script", "good"),
    [
        ('echo "uv 0.13.0 (abc)"', True),
        ('echo "uv 1.0.0"', True),
        ('echo "uv 0.12.9"', False),
        ("echo what; exit 1", False),
    ],
)
def test_only_a_uv_that_is_new_enough_is_used(
    house: House, monkeypatch: pytest.MonkeyPatch, script: str, good: bool
) -> None:
    house.shim(monkeypatch, script)
    assert bool(environment.uv_on_path()) is good


def test_a_uv_that_cannot_start_is_not_used(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.shim(monkeypatch, "")
    uv = house.root.parent / "bin" / "uv"
    uv.write_text("#!/no/such/interpreter\n")
    assert environment.uv_on_path() is None


# -- a home that cannot be written ---------------------------------------------


def test_without_a_writable_home_every_cache_is_in_the_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", os.devnull)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    found = environment.settings(tmp_path)
    inside = {"UV_CACHE_DIR", "JUPYTER_RUNTIME_DIR", "TMPDIR", "MPLCONFIGDIR"}
    assert all(found[name].startswith(str(tmp_path)) for name in inside)
    assert found["PIP_NO_CACHE_DIR"] == "1" and Path(found["TMPDIR"]).is_dir()


def test_with_a_writable_home_its_caches_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert "UV_CACHE_DIR" not in environment.settings(tmp_path)


def test_what_somebody_has_set_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", "/mine")
    assert "MPLCONFIGDIR" not in environment.variables()
