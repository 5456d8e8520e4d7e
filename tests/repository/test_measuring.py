"""What a worker of the tests has measured is kept, however that worker ends."""

import os
import subprocess
import sys
from pathlib import Path

import coverage

from chapters.toolkit.catalog import ROOT

SETTINGS = """[run]
source = pond
data_file = {folder}/data
parallel = true
patch = subprocess
"""
LIBRARY = "def loaded():\n    return 2\n\n\nTWO = loaded()\n"
USES = "import pond\nimport fish_of_ours\n\nprint(pond.herons(), fish_of_ours.TWO)\n"
HOOK = "from tests.conftest import pytest_sessionfinish\n"
SLOW_TO_END = """import atexit, time

import pond


def test_a_heron_comes():
    atexit.register(time.sleep, 60)
    assert pond.herons() == 1
"""


def test_a_worker_that_is_slow_to_end_has_written_what_it_measured(
    tmp_path: Path,
) -> None:
    (tmp_path / ".coveragerc").write_text(SETTINGS.format(folder=tmp_path))
    (tmp_path / "pond.py").write_text("def herons():\n    return 1\n")
    (tmp_path / "conftest.py").write_text(HOOK)
    (tmp_path / "test_pond.py").write_text(SLOW_TO_END)
    ours = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    paths = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))}
    command = ["coverage", "run", "-m", "pytest", "-q", "-n1", "test_pond.py"]
    subprocess.run(
        [sys.executable, "-m", *command],
        cwd=tmp_path,
        env={k: v for k, v in ours.items() if not k.startswith("PYTEST_")} | paths,
        check=True,
        capture_output=True,
    )
    found = coverage.Coverage(config_file=str(tmp_path / ".coveragerc"))
    found.combine([str(tmp_path)])
    pond = str(tmp_path / "pond.py")
    assert found.get_data().lines(pond) == [1, 2]


def test_a_library_counts_no_lines_while_it_is_imported_and_ours_does(
    tmp_path: Path,
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    settings = SETTINGS.replace("pond", "pond,fish_of_ours,uses")
    (tmp_path / ".coveragerc").write_text(settings.format(folder=tmp_path))
    (tmp_path / "pond.py").write_text("def herons():\n    return 1\n")
    (library / "fish_of_ours.py").write_text(LIBRARY)
    (tmp_path / "uses.py").write_text(USES)
    start = f"import sitecustomize; sitecustomize.LIBRARIES = ({str(library)!r},)\n"
    (tmp_path / "main.py").write_text(start + "import uses")
    ours = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    paths = (ROOT / "tests" / "measuring", tmp_path, library)
    done = subprocess.run(
        [sys.executable, "-m", "coverage", "run", "main.py"],
        cwd=tmp_path,
        env=ours | {"PYTHONPATH": os.pathsep.join(map(str, paths))},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "1 2\n"
    found = coverage.Coverage(config_file=str(tmp_path / ".coveragerc"))
    found.combine([str(tmp_path)])
    data = found.get_data()
    assert data.lines(str(tmp_path / "pond.py")) == [1, 2]
    assert data.lines(str(tmp_path / "uses.py")) == [1, 2, 4]
    assert not data.lines(str(library / "fish_of_ours.py"))
