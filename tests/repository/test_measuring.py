"""Lines are counted in every process of a test, however it starts and ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chapters.toolkit.catalog import ROOT

POND = """def herons():
    return 1


def otters():
    return 2
"""
SLOW_TO_END = """import atexit, time

from reserve import pond


def test_a_heron_comes():
    atexit.register(time.sleep, 60)
    assert pond.herons() == 1
"""


def counted(folder: Path) -> dict[str, list[int]]:
    """The lines that all processes have counted, for each file's name."""
    found: dict[str, set[int]] = {}
    for path in (folder / "lines").glob("*.json"):
        for file, lines in json.loads(path.read_text("utf-8")).items():
            found.setdefault(Path(file).name, set()).update(lines)
    return {name: sorted(lines) for name, lines in found.items()}


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST"))}
    ours |= {"COVERAGE_LINES": str(folder / "lines")}
    ours |= {"COVERAGE_SOURCE": str(folder / "reserve")}
    paths = map(str, (ROOT / "tests" / "measuring", folder))
    ours |= {"PYTHONPATH": os.pathsep.join(paths), **more}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=ours, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lines").mkdir()
    (tmp_path / "reserve").mkdir()
    (tmp_path / "reserve" / "pond.py").write_text(POND)
    return tmp_path


def test_what_is_called_is_counted_and_the_rest_is_not(folder: Path) -> None:
    code = "from reserve import pond; print(pond.herons())"
    assert run(folder, "-c", code).stdout == "1\n"
    assert counted(folder) == {"pond.py": [1, 2, 5]}


def test_a_module_that_is_run_is_counted(folder: Path) -> None:
    (folder / "reserve" / "main.py").write_text("from reserve import pond\n\nx = 1\n")
    assert run(folder, "-m", "reserve.main").returncode == 0
    assert counted(folder) == {"main.py": [1, 3], "pond.py": [1, 5]}


def test_tests_among_our_files_are_counted(folder: Path) -> None:
    (folder / "reserve" / "test_pond.py").write_text(SLOW_TO_END.replace("60", "0"))
    done = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "reserve")
    assert done.returncode == 0, done.stdout
    assert counted(folder)["test_pond.py"] == [1, 3, 6, 7, 8]


@pytest.mark.parametrize(
    "end",
    [
        "raise SystemExit(3)",
        "os._exit(3)",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "child = os.fork()\nos.waitpid(child, 0) if child else pond.otters()",
    ],
)
def test_a_process_leaves_what_it_counted_however_it_ends(
    folder: Path, end: str
) -> None:
    code = f"import os, signal\nfrom reserve import pond\npond.herons()\n{end}"
    code = run(folder, "-c", code).returncode
    assert code == (-15 if "SIGTERM" in end else 0 if "fork" in end else 3)
    assert counted(folder) == {"pond.py": [1, 2, 5, 6] if "fork" in end else [1, 2, 5]}


def test_a_handler_of_the_program_s_own_is_asked_instead(folder: Path) -> None:
    code = (
        "import os, signal\nfrom reserve import pond\n"
        "signal.signal(signal.SIGTERM, lambda *_: print(pond.herons()))\n"
        "os.kill(os.getpid(), signal.SIGTERM)"
    )
    assert run(folder, "-c", code).stdout == "1\n"
    assert counted(folder) == {"pond.py": [1, 2, 5]}


def test_nothing_is_counted_unless_it_is_asked_for(folder: Path) -> None:
    code = "from reserve import pond; import sys; print('slipcover' in sys.modules)"
    assert run(folder, "-c", code, COVERAGE_LINES="").stdout == "False\n"
    assert counted(folder) == {}


def test_a_worker_that_is_slow_to_end_has_written_what_it_counted(folder: Path) -> None:
    """pytest-xdist gives it 10 s, and kills it then."""
    hook = "from tests.conftest import pytest_sessionfinish\n"
    (folder / "conftest.py").write_text(hook)
    (folder / "test_pond.py").write_text(SLOW_TO_END)
    paths = map(str, (ROOT / "tests" / "measuring", folder, ROOT))
    done = run(
        *(folder, "-m", "pytest", "-q", "-n1", "test_pond.py"),
        PYTHONPATH=os.pathsep.join(paths),
    )
    assert done.returncode == 0, done.stdout
    assert counted(folder) == {"pond.py": [1, 2, 5]}
