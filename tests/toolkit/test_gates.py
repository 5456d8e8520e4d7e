"""The gates let a house in order through, and name everything that is not."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell

from chapters.toolkit import gates, labpicture
from chapters.toolkit.catalog import CatalogError
from tests.repository import madeup
from tests.repository.madeup import SLUG, change, write

BOOK = f"notebooks/{SLUG}.ipynb"
ODD = '''"""What a careless change looks like."""

import os
import pytest


@pytest.mark.skip(reason="no pond here")
def test_pond():
    assert False


def test_heron():
    assert 1 == 2, "remedy: feed the heron"
'''

POND = "def test_pond() -> None:\n    assert True\n"
ALONE = '''"""A race, and the crowd that would disturb it."""

import os
from pathlib import Path

import pytest

END = Path(__file__).with_name("end")


@pytest.mark.alone
def test_race():
    assert END.exists() and "PYTEST_XDIST_WORKER" not in os.environ


def test_the_crowd():
    END.touch()
    assert "PYTEST_XDIST_WORKER" in os.environ
'''

UNTIDY = '''"""What somebody leaves who is killed."""

import tempfile


def test_leaves_a_nest():
    tempfile.mkdtemp(prefix="nest-")
'''

ENDLESS = '''"""A wait without an end."""


def test_waits_for_a_heron():
    while True:
        pass


def test_after_the_heron():
    pass


def test_after_that():
    pass
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return madeup.house(tmp_path)


def solution(root: Path, name: str) -> Path:
    return root / "tests" / "solutions" / SLUG / f"{name}.py"


def green(monkeypatch: pytest.MonkeyPatch, answer: bool = True) -> list[gates.Plan]:
    """Stages that take no time; the plans that they were given."""
    plans: list[gates.Plan] = []

    def run(gate: gates.Gate) -> bool:
        plans.append(gate.plan)
        (gate.root / "build").mkdir(exist_ok=True)
        return answer

    monkeypatch.setattr(gates.Gate, "run", run)
    return plans


# -- real runs -----------------------------------------------------------------


def test_everything_that_is_wrong_is_named_in_one_run(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "STRICT", True)
    change(root / BOOK, '"4"', '"five"')
    change(solution(root, "triple"), "number * 3", "number * 4")
    write(root / "tests" / "toolkit" / "test_odd.py", ODD)
    change(root / "chapters" / SLUG / "app.py", "ponds: int", "ponds: float")
    write(root / "chapters" / SLUG / "more.py", '"""Unreached."""\n\nx = 1\n')
    assert not gates.Gate(gates.Plan([SLUG], bar=True, jobs=0), root).run()
    said = capsys.readouterr().out
    for part in (
        "`os` imported but unused",
        "remedy: python -m ruff check --fix .",
        f"{BOOK}, code cell 2\n  source    herons(2)\n  expected  five\n  got       ",
        "run it again: make chapter-01",
        f"with the solutions of tests/solutions/{SLUG} put in:",
        "I asked for 3 and got `12`.",
        "remedy: feed the heron",
        "skipped tests.toolkit.test_odd.test_pond: no pond here",
        "test_pond was skipped; in CI nothing may be",
        "Incompatible return value type",
        "remedy: annotate what mypy names",
        f"chapters/{SLUG}/more.py",
        "remedy: test these lines, or delete them",
    ):
        assert part in said, f"{part!r} is not in\n{said}"
    table, end = said.rindex("verdict"), f"{SLUG}: {BOOK}, code cell 2 · source"
    assert end in said[table:], "each failure is named in short below the table"
    last = said.rstrip().splitlines()[-1]
    assert last.endswith(" failed")
    passed, failed = (int(word) for word in last.split() if word.isdecimal())
    assert (passed > 10, failed) == (True, 7)


def test_a_tool_that_breaks_down_is_shown(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root / "pytest.ini", "[pytest]\naddopts = --no-such\n")
    write(root / "chapters" / "toolkit" / "notebooks.py", "raise SystemExit('gone')\n")
    write(root / "chapters" / "toolkit" / "__init__.py", "")
    gate = gates.Gate(gates.Plan([SLUG], keyword=SLUG), root)
    gate.build.mkdir(parents=True)
    for stage in (gate.pytest, gate.solve, gate.cover):
        stage()
    assert not gate.report()
    said = capsys.readouterr().out
    assert "unrecognized arguments: --no-such" in said
    assert "gone" in said
    assert said.endswith("0 passed, 2 failed\n")


def test_no_run_leaves_files_in_the_systems_temporary_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder := root / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    write(root / "tests" / "toolkit" / "test_untidy.py", UNTIDY)
    gate = gates.Gate(gates.Plan([], areas=("toolkit",), jobs=0), root)
    gate.run()
    assert gate.row("toolkit").passed
    assert not list(folder.iterdir())


@pytest.mark.parametrize("jobs", [0, 1])
def test_a_test_that_hangs_is_named_with_its_place(
    root: Path, capsys: pytest.CaptureFixture[str], jobs: int
) -> None:
    change(root / "pyproject.toml", "timeout = 300", "timeout = 2")
    write(root / "tests" / "toolkit" / "test_endless.py", ENDLESS)
    for number in range(3):
        write(root / "tests" / "toolkit" / f"test_pond_{number}.py", POND)
    plan = gates.Plan([], areas=("toolkit",), jobs=jobs)
    assert not gates.Gate(plan, root).run()
    said = capsys.readouterr().out
    # It runs in a circle: at the `while`, or at the `pass`.
    assert re.search("line [56] in test_waits_for_a_heron", said), said
    assert "_pytest" not in said, said


def test_what_compares_timings_runs_alone_after_the_rest(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root / "tests" / "toolkit" / "test_alone.py", ALONE)
    gate = gates.Gate(gates.Plan([], areas=("toolkit",), jobs=1), root)
    assert gate.run()
    assert gate.row("toolkit").passed == 2
    took = re.search(
        r"^(\d+) s: .*pytest (\d+) .*alone (\d+)", capsys.readouterr().out, re.M
    )
    assert took and int(took[1]) + 1 >= int(took[2]) + int(took[3]) > 0


def test_a_notebook_of_which_nothing_runs_is_not_green(root: Path) -> None:
    madeup.rewrite(root, [new_markdown_cell("# Chapter 1 · Ponds")])
    gate = gates.Gate(gates.Plan([SLUG], areas=(), jobs=0), root)
    gate.build.mkdir(parents=True)
    gate.shipped()
    assert gate.row("pytest").failures


def test_what_looks_at_all_chapters_runs_beside_their_tests(root: Path) -> None:
    write(root / "tests" / "repository" / "test_pond.py", POND)
    gate = gates.Gate(gates.Plan([], areas=("repository",), jobs=0), root)
    assert gate.run()
    assert gate.row("repository").passed == 1


BESIDE = '''"""A test of the crowd, which lasts until the notebook waits for its end."""

import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
WAITS = {wait}


def test_pond():
    while WAITS and not (ROOT / "build" / "gates" / "SLUG.waits").exists():
        time.sleep(0.05)
    assert (ROOT / "begun").exists() is WAITS
    assert not (ROOT / "end").exists()
    time.sleep(0.5)
    (ROOT / "end").touch()
'''


@pytest.mark.parametrize("room", [True, False])
def test_a_cell_that_measures_waits_for_the_crowd_and_those_before_it_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    """Without memory for it, the whole notebook begins when the others have ended."""
    if not room:
        monkeypatch.setattr(gates, "ROOM", 1024**5)
    begun = madeup.code('from pathlib import Path\n\nPath("../begun").touch()')
    quiet = madeup.code('Path("../end").exists()', madeup.result("True"))
    quiet.metadata["tags"] = ["alone"]
    root = madeup.house(tmp_path, new_markdown_cell("## Herons?"), begun, quiet)
    beside = BESIDE.replace("SLUG", SLUG).replace("{wait}", str(room))
    write(root / "tests" / "toolkit" / "test_beside.py", beside)
    gate = gates.Gate(gates.Plan([SLUG], areas=("toolkit",), jobs=1), root)
    assert gate.run(), gate.rows
    assert gate.row(SLUG).cells > 3


STARTS = """
import subprocess, sys, time
from pathlib import Path

words = ["-p", "tests.pause", "--nbval", "--nbval-current-env", "notebooks"]
one = subprocess.Popen([sys.executable, "-m", "pytest", *words])
while not Path("here.waits").exists():
    time.sleep(0.05)
print(one.pid)
"""


def test_a_notebook_that_waits_for_nobody_ends(tmp_path: Path) -> None:
    quiet = madeup.code("1 + 1", madeup.result("2"))
    quiet.metadata["tags"] = ["alone"]
    root = madeup.house(tmp_path, quiet)
    words = [sys.executable, "-c", STARTS]
    env = gates.Gate(gates.Plan([]), root).environment
    env |= {"COURSE_QUIET": str(root / "here")}
    done = subprocess.run(words, cwd=root, env=env, stdout=subprocess.PIPE, text=True)
    assert "nobody is there any more" in done.stdout


@pytest.mark.parametrize(
    ("failure", "short"),
    [
        ("test_pond\nassert 1 == 2\nsecond", "test_pond · assert 1 == 2"),
        (
            "cell 2\n  source    race()\n  got       AssertionError   Traceback (most"
            "\n            ----> 9 assert ratio > 5\n            AssertionError: slow",
            "cell 2 · AssertionError: slow",
        ),
        ("ponds.txt is missing", "ponds.txt is missing"),
    ],
)
def test_a_failure_in_short_is_what_failed_and_what_it_said(
    failure: str, short: str
) -> None:
    assert gates.brief(failure) == short


def test_what_passed_and_what_was_skipped_is_counted(root: Path) -> None:
    gate = gates.Gate(gates.Plan([SLUG]), root)
    report = root / "solved.json"
    one = {"slug": SLUG, "seconds": 1.5, "failure": ""}
    report.write_text(json.dumps([one]), encoding="utf-8")
    gate.count(report)
    row = gate.row(SLUG)
    assert (row.passed, row.seconds, row.verdict) == (1, 1.5, "passed")
    row.skipped.append("test_pond: no pond here")
    assert row.verdict == "passed, 1 skipped"


@pytest.mark.parametrize("strict", [False, True])
def test_a_skip_is_a_failure_only_where_everything_is_installed(
    root: Path, monkeypatch: pytest.MonkeyPatch, strict: bool
) -> None:
    monkeypatch.setattr(gates, "STRICT", strict)
    report = root / "pytest.xml"
    report.write_text(
        '<testsuite><testcase classname="tests.toolkit.test_odd" name="test_pond">'
        '<skipped message="no pond here"/></testcase></testsuite>'
    )
    gate = gates.Gate(gates.Plan([SLUG]), root)
    assert gate.read(report) == strict
    assert len(gate.row("toolkit").failures) == strict


@pytest.mark.parametrize(
    ("lacking", "omitted"), [("", False), ("Chromium (apt install chromium)", True)]
)
def test_what_this_machine_cannot_run_is_not_measured_and_said(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lacking: str,
    omitted: bool,
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(labpicture, "lacking", lambda: lacking)
    gate = gates.Gate(gates.Plan([SLUG], bar=True), root)
    monkeypatch.setattr(gate, "tool", lambda *words, remedy: commands.append(words))
    gate.lines.mkdir(parents=True)
    gate.cover()
    assert ("--omit=chapters/toolkit/labpicture.py" in commands[-1]) == omitted
    assert ("which needs Chromium" in capsys.readouterr().out) == omitted


# -- plans ---------------------------------------------------------------------


def test_one_chapter_is_tested_without_the_bar(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = green(monkeypatch)
    assert gates.test("1", root) == 0
    assert plans == [gates.Plan([SLUG], areas=("repository",), keyword=SLUG)]
    gate = gates.Gate(plans[0], root)
    assert gate.paths() == [f"tests/chapters/test_{SLUG}.py"]
    assert gate.books(measuring=False) == [f"notebooks/{SLUG}.ipynb"]
    assert gate.measured() == {}


def test_an_unknown_chapter_is_no_run(root: Path) -> None:
    with pytest.raises(CatalogError, match="there is no chapter '9'"):
        gates.test("9", root)


def test_nothing_to_run_is_not_green(root: Path) -> None:
    gate = gates.Gate(gates.Plan([]), root)
    gate.row("pytest")
    gate.solve()
    assert not gate.report()


# -- what changed --------------------------------------------------------------


def test_changed_runs_what_differs_from_the_last_green_run(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = green(monkeypatch)
    assert gates.test(root=root) == 0
    assert gates.changed(root) == 0
    assert capsys.readouterr().out.endswith("0 passed, 0 failed\n")
    assert [plan.bar for plan in plans] == [True]
    change(root / BOOK, '"4"', '"5"')
    assert gates.changed(root) == 0
    assert plans[-1] == gates.Plan([SLUG], ("repository",))
    assert gates.changed(root) == 0
    assert len(plans) == 2


def test_a_red_run_is_not_remembered(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    green(monkeypatch, answer=False)
    assert gates.test(root=root) == 1
    assert gates.changed(root) == 1
    assert gates.changed(root) == 1


def test_a_broken_memory_is_no_memory(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = green(monkeypatch)
    write(root / "build" / "verified.json", "{")
    assert gates.changed(root) == 0
    assert plans == [gates.Plan([SLUG], gates.AREAS)]
    assert set(json.loads((root / "build" / "verified.json").read_text())) == {
        SLUG,
        *gates.AREAS,
    }


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        (f"chapters/{SLUG}/app.py", {SLUG, "ch02_lakes", "repository"}),
        ("chapters/ch02_lakes/app.py", {"ch02_lakes", "repository"}),
        (f"tests/solutions/{SLUG}/double.py", {SLUG, "ch02_lakes", "repository"}),
        ("tests/toolkit/test_x.py", {"toolkit", "repository"}),
        ("README.md", {"repository"}),
        ("pyproject.toml", {SLUG, "ch02_lakes", "toolkit", "repository"}),
        ("requirements/course.lock", {SLUG, "ch02_lakes", "toolkit", "repository"}),
    ],
)
def test_a_change_reaches_what_reads_the_file(
    file: str, stale: set[str], root: Path
) -> None:
    lake = f'"""A lake."""\n\nimport chapters.{SLUG}.app\n'
    write(root / "chapters" / "ch02_lakes" / "app.py", lake)
    write(root / "requirements" / "course.lock", "")
    write(root / "tests" / "toolkit" / "test_x.py", "")
    before = gates.state(root)
    with (root / file).open("a", encoding="utf-8") as one:
        one.write("# changed\n")
    after = gates.state(root)
    assert {name for name in after if after[name] != before[name]} == stale
