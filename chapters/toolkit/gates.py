"""`make test` and `make changed`: every stage, one table, one last line.

Try: python -m chapters.toolkit test
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO
from xml.etree import ElementTree

import psutil
from coverage import CoverageData
from rich.console import Console
from rich.table import Table

from chapters.toolkit import catalog, notebooks
from chapters.toolkit.catalog import ROOT

BAR = 100
NO_TESTS = 5  # pytest's exit code when it has selected none
AREAS = ("toolkit", "repository")
REPOSITORY = "tests/repository"
NBVAL = ("--nbval", "--nbval-current-env", "--nbval-sanitize-with=tests/sanitize.cfg")
TOGETHER = ("shipped", "tests", "tests-repository")  # by several processes at once
ROOM = 2 * 1024**3  # bytes of memory that a waiting notebook with its servers may take
# A chapter that is asked for by name may have no test of these.
MAY_BE_EMPTY = ("tests-repository", "tests-alone")
ANSI = re.compile(r"#x1B\[[0-9;]*m|\x1b\[[0-9;]*m")
# On the system that CI installs everything on, a skipped test is a failed one.
STRICT = bool(os.environ.get("CI")) and sys.platform == "linux"
CELL = re.compile(r"Cell (\d+)")
# A traceback's last line: `AssertionError`, `httpx.ReadTimeout: ...`.
ERROR = re.compile(r"[\w.]*(Error|Exception|Timeout|Exit|Interrupt)(:|$)")
# In the stacks of a test that hangs: what called it.
CALLERS = re.compile(r'^  File ".*[\\/](_pytest|pluggy|execnet|xdist)[\\/].*\n', re.M)
HUNG = re.compile(r"^\S*Timeout \(.*?(?=^\[gw\d+\] node down|\Z)", re.M | re.S)


def measures(notebook: Path) -> bool:
    """Whether a cell has the tag `alone`: what else runs would change its figures."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return any("alone" in cell["metadata"].get("tags", ()) for cell in cells)


def brief(failure: str) -> str:
    """A failure as one line: which it is, and what it says."""
    lines = [line.strip() for line in failure.splitlines()]
    errors = [line for line in lines[1:] if ERROR.match(line)]
    return " · ".join([lines[0], *(errors[-1:] or lines[1:2])])[:300]


@dataclass
class Row:
    """One line of the summary: a chapter or a stage."""

    name: str
    cells: int = 0
    seconds: float = 0.0
    passed: int = 0
    failures: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.failures:
            return f"{len(self.failures)} failed"
        if self.skipped:
            return f"passed, {len(self.skipped)} skipped"
        return "passed" if self.passed else "nothing ran"


@dataclass(frozen=True)
class Plan:
    """What one run of the gates looks at."""

    chapters: list[str]
    areas: tuple[str, ...] = AREAS
    keyword: str = ""
    bar: bool = False
    jobs: int = 2


class Gate:
    """The rows of the table and what fills them."""

    def __init__(self, plan: Plan, root: Path) -> None:
        self.plan = plan
        self.root = root
        self.build = root / "build" / "gates"
        self.lines = root / "build" / "coverage"
        self.rows: dict[str, Row] = {}
        self.waiting: dict[str, subprocess.Popen[str]] = {}
        self.began = time.perf_counter()
        self.took: dict[str, float] = {}
        self.console = Console(highlight=False, soft_wrap=True)
        self.environment = self._environment()

    def _environment(self) -> dict[str, str]:
        """The children's: ours, less the traces of a gate around this one."""
        outer = ("COVERAGE_", "PYTEST_")
        mine = {k: v for k, v in os.environ.items() if not k.startswith(outer)}
        mine |= notebooks.kernel_environment(self.root)
        return mine

    def row(self, name: str) -> Row:
        return self.rows.setdefault(name, Row(name))

    def start(
        self, *command: str, to: TextIO | int = subprocess.PIPE, **more: str
    ) -> subprocess.Popen[str]:
        """A tool of the environment, its output kept; `more` are variables."""
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=to,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def tool(self, name: str, *command: str, remedy: str) -> None:
        """Run a tool; what it printed is the failure when it fails."""
        start, row = time.perf_counter(), self.row(name)
        process = self.start(*command)
        text, _ = process.communicate()
        row.seconds += time.perf_counter() - start
        if process.returncode:
            row.failures.append(f"{text.strip()}\nremedy: {remedy}")
        else:
            row.passed += 1

    # -- stages ----------------------------------------------------------------

    def lint(self) -> None:
        """Ruff's rules and format, in modules and notebooks alike."""
        repair = "python -m ruff check --fix ."
        self.tool("lint", "ruff", "check", "--quiet", ".", remedy=repair)
        ruff = ("ruff", "format", "--quiet", "--check", ".")
        self.tool("lint", *ruff, remedy="python -m ruff format .")

    def types(self) -> None:
        """Mypy, strictly; beside the tests, which wait for processes half the time."""
        mypy = ("mypy", "--strict", "--no-error-summary", "chapters")
        self.tool("types", *mypy, remedy="annotate what mypy names")

    def paths(self) -> list[str]:
        """The tests that pytest is given."""
        found = [f"tests/{area}" for area in self.plan.areas]
        found += [f"tests/chapters/test_{slug}.py" for slug in self.plan.chapters]
        return [path for path in found if (self.root / path).exists()]

    def files(self) -> Iterator[Path]:
        """The same, file by file: loading all takes longer than running a few."""
        for path in map(self.root.joinpath, self.paths()):
            yield from sorted(path.rglob("test_*.py")) if path.is_dir() else [path]

    def books(self, measuring: bool) -> list[str]:
        """The notebooks in which some cell must run alone, or all the others."""
        paths = [f"notebooks/{slug}.ipynb" for slug in self.plan.chapters]
        found = [path for path in paths if (self.root / path).exists()]
        return [one for one in found if measures(self.root / one) is measuring]

    def measured(self) -> dict[str, str]:
        """What makes a process and its children count lines, where the bar applies."""
        if not self.plan.bar:
            return {}
        paths = (str(ROOT / "tests" / "measuring"), self.environment["PYTHONPATH"])
        return {
            "COVERAGE_LINES": str(self.lines),
            "COVERAGE_SOURCE": str(self.root / "chapters"),
            "PYTHONPATH": os.pathsep.join(paths),
        }

    def pytest(self) -> None:
        """Tests on real processes, measured: they alone reach every line."""
        if paths := [path for path in self.paths() if path != REPOSITORY]:
            self.collect("tests", *paths, *self.chosen("not alone"))

    def repository(self) -> None:
        """What looks at all chapters at once, their exercises for instance."""
        if REPOSITORY in self.paths():
            self.collect("tests-repository", REPOSITORY, *self.chosen("not alone"))

    def alone(self) -> None:
        """What compares timings: one by one, when nothing else of ours runs."""
        for path in self.books(measuring=True):
            name = Path(path).stem
            running = self.waiting.pop(name, None) or self.measuring(path)
            (self.build / name).touch()
            self.finish(f"shipped-{name}", running)
        if paths := [
            path for path in self.files() if "mark.alone" in path.read_text("utf-8")
        ]:
            found = [path.relative_to(self.root).as_posix() for path in paths]
            self.collect("tests-alone", *found, *self.chosen("alone"))

    def chosen(self, marked: str) -> list[str]:
        """Which of the tests: those so marked, of the chapter that is asked for."""
        keyword = ["-k", self.plan.keyword] if self.plan.keyword else []
        return [*keyword, "-m", marked]

    def shipped(self) -> None:
        """Every notebook as it stands: each cell's output is the stored one."""
        if books := self.books(measuring=False):
            self.collect("shipped", *books, *NBVAL)

    def early(self) -> None:
        """Those that measure, up to the cell that does; there each waits for quiet."""
        for path in self.books(measuring=True):
            if psutil.virtual_memory().available < ROOM:
                return  # it begins when the others have ended
            name = Path(path).stem
            running = self.waiting[name] = self.measuring(path)
            while running.poll() is None:
                if (self.build / f"{name}.waits").exists():
                    break
                time.sleep(0.2)

    def measuring(self, path: str) -> subprocess.Popen[str]:
        name = Path(path).stem
        quiet = str(self.build / name)
        pause = ("-p", "tests.pause")
        return self.begin(f"shipped-{name}", path, *NBVAL, *pause, COURSE_QUIET=quiet)

    def collect(self, name: str, *asked: str) -> None:
        """Run pytest and file its results."""
        counting = self.measured() if name.startswith("tests") else {}
        self.finish(name, self.begin(name, *asked, **counting))

    def begin(self, name: str, *asked: str, **more: str) -> subprocess.Popen[str]:
        """Start pytest. It writes to a file: a pipe that nobody reads would fill."""
        report = self.build / f"{name}.xml"
        # Tests wait for processes a lot; and what compares timings runs alone.
        jobs = self.plan.jobs and self.plan.jobs + (name == "tests")
        settings = [
            f"-n{jobs if name in TOGETHER else 0}",
            # A notebook's cells stay together; tests as tests/conftest.py groups them.
            "--dist=loadgroup" if name.startswith("tests") else "--dist=loadfile",
            "--no-loadscope-reorder",
            # One that ended in mid-test is not replaced: the scheduler of groups would
            # wait for the rest of its group forever.
            "--max-worker-restart=0",
            f"--junitxml={report}",
        ]
        quiet = ("-q", "--color=no", "--tb=short")
        with (self.build / f"{name}.txt").open("w", encoding="utf-8") as output:
            return self.start("pytest", *asked, *settings, *quiet, to=output, **more)

    def finish(self, name: str, process: subprocess.Popen[str]) -> None:
        """Wait for pytest, file its results; what broke it is a failure too."""
        process.wait()
        report = self.build / f"{name}.xml"
        text = (self.build / f"{name}.txt").read_text(encoding="utf-8")
        text = CALLERS.sub("", text)
        if hung := HUNG.findall(text):
            self.row("pytest").failures += hung
        known = self.read(report) if report.is_file() else 0
        nothing = process.returncode == NO_TESTS and name in MAY_BE_EMPTY
        if process.returncode and not known and not nothing:
            self.row("pytest").failures.append(text[-6000:].strip())

    def read(self, report: Path) -> int:
        """File each of pytest's results under its row; how many failed."""
        failed = 0
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('classname', '')}.{case.get('name', '')}"
            row = self.row(self.owner(name))
            row.seconds += float(case.get("time", "0"))
            problem = case.find("failure")
            problem = case.find("error") if problem is None else problem
            cell = CELL.fullmatch(case.get("name", ""))
            row.cells += cell is not None
            if (skip := case.find("skipped")) is not None:
                row.skipped.append(f"{name}: {skip.get('message')}")
                failed += STRICT
                if STRICT:
                    row.failures.append(f"{name} was skipped; in CI nothing may be")
                continue
            if problem is None:
                row.passed += 1
                continue
            failed += 1
            text = ANSI.sub("", problem.text or problem.attrib["message"])
            row.failures.append(self.explain(name, text, cell))
        return failed

    def owner(self, name: str) -> str:
        """The row that a test belongs to: its chapter, or its area."""
        for slug in self.plan.chapters:
            if slug in name:
                return slug
        return next((area for area in AREAS if f"tests.{area}" in name), "pytest")

    def explain(self, name: str, text: str, cell: re.Match[str] | None) -> str:
        """A failing cell as source, expected, got; any other test as it is."""
        slug = self.owner(name)
        if cell is None:
            lines = text.strip().splitlines()
            said = [line[1:].removeprefix("   ") for line in lines if line[:1] == "E"]
            place = [line for line in lines[-1:] if said and line[:1] != "E"]
            return "\n".join([name, *(said or lines)[-200:], *place])
        stored = notebooks.stored_cell(slug, int(cell[1]) + 1, self.root)
        got = text.split("Traceback:", 1)[-1].strip()
        return notebooks.failure(slug, stored.number, stored.source, stored.text, got)

    def solve(self) -> None:
        """Every notebook's exercises, solved by papermill: no race is among them."""
        books = self.plan.chapters
        if not books:
            return
        report = self.build / "solved.json"
        report.unlink(missing_ok=True)
        arguments = ["solve", "--root", str(self.root), "--json", str(report)]
        arguments += books
        process = self.start("chapters.toolkit.notebooks", *arguments)
        text, _ = process.communicate()
        if not report.is_file():
            self.row("papermill").failures.append(text[-6000:].strip())
            return
        self.count(report)

    def count(self, report: Path) -> None:
        """File each solved notebook's report under its chapter."""
        for one in json.loads(report.read_text(encoding="utf-8")):
            row = self.row(one["slug"])
            row.seconds += one["seconds"]
            if one["failure"]:
                given = f"with the solutions of tests/solutions/{row.name} put in:"
                row.failures.append(f"{given}\n{one['failure']}")
            else:
                row.passed += 1

    def cover(self) -> None:
        """Every line of chapters/ ran in a test."""
        if not self.plan.bar:
            return
        self.combine()
        report = ["coverage", "report", f"--fail-under={BAR}"]
        from chapters.toolkit import labpicture  # loads a browser's driver

        if lacking := labpicture.lacking():
            report.append("--omit=chapters/toolkit/labpicture.py")
            self.say(f"not measured: labpicture.py, which needs {lacking}")
        self.tool("coverage", *report, remedy="test these lines, or delete them")

    def combine(self) -> None:
        """What all processes have counted, as the file that coverage reports from."""
        lines: dict[str, set[int]] = defaultdict(set)
        for path in self.lines.glob("*.json"):
            for file, found in json.loads(path.read_text(encoding="utf-8")).items():
                lines[file].update(found)
        data = CoverageData(str(self.lines / "data"))
        data.add_lines(lines)
        data.touch_files([str(path) for path in self.root.glob("chapters/**/*.py")])
        data.write()

    def run(self) -> bool:
        """All stages; true when nothing failed."""
        shutil.rmtree(self.build, ignore_errors=True)
        self.build.mkdir(parents=True)
        if self.plan.bar:
            shutil.rmtree(self.lines, ignore_errors=True)
            self.lines.mkdir()
        for slug in self.plan.chapters:
            self.row(slug)
        with tempfile.TemporaryDirectory(
            prefix="gates-", ignore_cleanup_errors=True
        ) as room:
            # What is killed on purpose cannot tidy up after itself.
            self.environment["TMPDIR"] = room
            os.chmod(room, 0o711)  # another user runs PostgreSQL in it
            self.stages()
        return self.report()

    def stages(self) -> None:
        """Three lanes side by side, then what runs alone."""
        lanes = [
            threading.Thread(target=self.follow, args=lane)
            for lane in (
                (self.shipped, self.solve, self.repository),
                (self.lint, self.types, self.early),
            )
        ]
        for lane in lanes:
            lane.start()
        self.follow(self.pytest)
        for lane in lanes:
            lane.join()
        self.follow(self.alone, self.cover)

    def follow(self, *stages: Callable[[], None]) -> None:
        """One stage after the other; lanes wait for processes, so they overlap."""
        for stage in stages:
            start = time.perf_counter()
            stage()
            self.took[stage.__name__] = time.perf_counter() - start
            self.say(f"{stage.__name__:8} {self.took[stage.__name__]:6.1f} s")

    def say(self, text: str) -> None:
        self.console.print(text, markup=False)

    def report(self) -> bool:
        """Failures in full, the table, the last line."""
        for row in self.rows.values():
            for failure in row.failures:
                self.console.rule(row.name, align="left")
                self.say(failure)
            for skip in row.skipped:
                self.say(f"skipped {skip}")
        table = Table("chapter", "cells", "seconds", "verdict")
        for row in self.rows.values():
            cells = str(row.cells or "")
            table.add_row(row.name, cells, f"{row.seconds:.1f}", row.verdict)
        self.console.print(table)
        stages = " · ".join(f"{name} {took:.0f}" for name, took in self.took.items())
        self.say(f"{time.perf_counter() - self.began:.0f} s: {stages}")
        for row in self.rows.values():
            for failure in row.failures:
                self.say(f"{row.name}: {brief(failure)}")
        passed = sum(row.passed for row in self.rows.values())
        failed = sum(len(row.failures) for row in self.rows.values())
        self.say(f"{passed} passed, {failed} failed")
        return not failed and bool(passed)


# -- what changed --------------------------------------------------------------


def digest(root: Path, paths: list[Path]) -> str:
    """One hash of names and contents, and of the Python that judged them."""
    total = hashlib.sha256(f"{sys.version} {platform.platform()}".encode())
    for path in sorted(paths):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(file.relative_to(root).as_posix().encode() + b"\0")
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def shared(root: Path) -> list[Path]:
    """What every chapter's result depends on."""
    locks = list((root / "requirements").glob("*.lock"))
    names = ("pyproject.toml", "tests/conftest.py", "tests/sanitize.cfg", "assets")
    return [*locks, root / "chapters" / "toolkit", *(root / name for name in names)]


def own(slug: str, root: Path) -> list[Path]:
    """A chapter's files, and those of the chapters that it imports."""
    room = root / "chapters" / slug
    paths = [room, root / "notebooks" / f"{slug}.ipynb"]
    paths += [root / "tests" / "chapters" / f"test_{slug}.py"]
    paths += [root / "tests" / "solutions" / slug]
    text = "".join(p.read_text(encoding="utf-8") for p in room.rglob("*.py"))
    for other in catalog.slugs(root):
        if other < slug and f"chapters.{other}" in text:
            paths += own(other, root)
    return paths


def state(root: Path) -> dict[str, str]:
    """Everything that can be verified alone, with the hash of what it reads."""
    common = shared(root)
    found = {s: digest(root, [*common, *own(s, root)]) for s in catalog.slugs(root)}
    found["toolkit"] = digest(root, [*common, root / "tests" / "toolkit"])
    places = ("chapters", "notebooks", "tests", "assets", "README.md")
    found["repository"] = digest(root, [*common, *(root / name for name in places)])
    return found


def _remember(root: Path, verified: dict[str, str]) -> None:
    path = root / "build" / "verified.json"
    path.write_text(json.dumps(verified, indent=1), encoding="utf-8")


def _remembered(root: Path) -> dict[str, str]:
    try:
        text = (root / "build" / "verified.json").read_text(encoding="utf-8")
        verified: dict[str, str] = json.loads(text)
    except (OSError, ValueError):
        return {}
    return verified


# -- the verbs -----------------------------------------------------------------


def test(chapter: str | None = None, root: Path = ROOT) -> int:
    """`make test`, `make test CHAPTER=03`; an exit code."""
    if chapter:
        slug = catalog.slug_of(chapter, root)
        plan = Plan([slug], areas=("repository",), keyword=slug)
        return int(not Gate(plan, root).run())
    before = state(root)
    if not Gate(Plan(catalog.slugs(root), bar=True), root).run():
        return 1
    _remember(root, before)
    return 0


def changed(root: Path = ROOT) -> int:
    """`make changed`: what differs from the last green run; an exit code."""
    now, verified = state(root), _remembered(root)
    stale = [name for name, value in now.items() if verified.get(name) != value]
    if not stale:
        print("nothing changed since the last green run")
        print("0 passed, 0 failed")
        return 0
    print(f"changed: {', '.join(stale)}")
    chapters = [name for name in stale if name not in AREAS]
    areas = tuple(name for name in AREAS if name in stale)
    if not Gate(Plan(chapters, areas), root).run():
        return 1
    _remember(root, now)
    return 0
