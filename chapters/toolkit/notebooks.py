"""Notebooks: refresh, run and compare, solve, copy for a learner.

Try: python -m chapters.toolkit.notebooks refresh 03
"""

import argparse
import contextlib
import copy
import functools
import importlib
import json
import multiprocessing
import os
import re
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from chapters.toolkit import catalog
from chapters.toolkit.catalog import ROOT, CatalogError, Chapter

if TYPE_CHECKING:
    from chapters.toolkit import canon

DEADLINE = 300
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SECTION = re.compile(r"^## (.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """One execution of one notebook."""

    slug: str
    cells: int = 0
    seconds: float = 0.0
    verdict: str = "passed"
    failure: str = ""

    @property
    def ok(self) -> bool:
        return not self.failure


class NotebookError(Exception):
    """A notebook that did not do what it should; the message shows the cell."""


# -- kernels -------------------------------------------------------------------


def kernel_environment(root: Path = ROOT) -> dict[str, str]:
    """What every kernel of ours gets, whoever starts it."""
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "IPYTHONDIR": str(ROOT / "assets" / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "COURSE_PROGRESS": str(root / "build" / "progress" / f"{os.getpid()}.json"),
        "COURSE_STRICT": "",
    }


@contextlib.contextmanager
def environment(**values: str) -> Iterator[None]:
    """os.environ with some values, as it was afterwards."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def source(chapter: Chapter) -> Path:
    """The chapter's notebook; a sentence when it is not there."""
    if not chapter.notebook.is_file():
        raise CatalogError(f"notebooks/{chapter.slug}.ipynb is missing")
    return chapter.notebook


# -- refresh -------------------------------------------------------------------


def execute(notebook: Any, folder: Path) -> None:
    """Run every cell in place, as JupyterLab would in that folder."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    client = NotebookClient(
        notebook,
        timeout=DEADLINE,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(COLOUR.sub("", str(error)).strip()) from None


def keep_pictures(old: Any, new: Any) -> None:
    """A picture is drawn anew in every run: keep the one in git if all else is."""
    from chapters.toolkit import canon

    for before, after in zip(old.cells, new.cells, strict=True):
        if after.cell_type != "code" or before.get("id") != after.id:
            continue
        ignored = canon.IGNORED & set(after.metadata.get("tags", []))
        same = canon.parts(before.outputs) == canon.parts(after.outputs)
        if before.outputs and (ignored or same):
            after.outputs = canon.settled(before.outputs, after.execution_count)


def refresh_one(slug: str, root: Path = ROOT) -> Report:
    """Run one notebook and store its outputs in the canonical form."""
    from chapters.toolkit import canon

    path = root / "notebooks" / f"{slug}.ipynb"
    old = canon.read(path)
    new = copy.deepcopy(old)
    with environment(**kernel_environment(root)):
        execute(new, path.parent)
    new = canon.canonical(new)
    keep_pictures(old, new)
    text = canon.text(new)
    verdict = "unchanged" if path.read_text(encoding="utf-8") == text else "rewritten"
    canon.write(new, path)
    return Report(slug, cells=len(canon.shown(new)), verdict=verdict)


# -- run and compare -----------------------------------------------------------


def failure(slug: str, number: int, code: str, expected: str, got: str) -> str:
    """One failing cell as a reader wants it: source, expected, got, what to do."""
    parts = {"source": code, "expected": expected, "got": got}
    lines = [f"notebooks/{slug}.ipynb, code cell {number}"]
    for name, value in parts.items():
        body = textwrap.indent(value.rstrip() or "(nothing)", " " * 12)
        lines.append(f"  {name:10}{body[12:]}")
    lines.append(f"run it again: make chapter-{slug[2:4]}")
    lines.append(f"if the new output is right: make refresh CHAPTER={slug[2:4]}")
    return "\n".join(lines)


def stored_cell(slug: str, number: int, root: Path = ROOT) -> "canon.Shown":
    """The code cell with that number, as it is stored."""
    from chapters.toolkit import canon

    cells = canon.shown(canon.read(root / "notebooks" / f"{slug}.ipynb"))
    found = (cell for cell in cells if cell.number == number)
    return next(found, canon.Shown(number, "", ()))


def papermill_run(
    notebook: Path, target: Path, root: Path, values: dict[str, Any], strict: bool
) -> None:
    """One run by papermill, in the notebooks' folder."""
    import papermill

    target.parent.mkdir(parents=True, exist_ok=True)
    settings = kernel_environment(root) | {"COURSE_STRICT": "1" if strict else ""}
    with environment(**settings):
        papermill.execute_notebook(
            str(notebook),
            str(target),
            parameters=values,
            cwd=str(root / "notebooks"),
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=DEADLINE,
        )


def attempt(
    chapter: Chapter,
    notebook: Path,
    target: Path,
    values: dict[str, Any] | None = None,
    strict: bool = False,
) -> Any:
    """The executed notebook; a cell that raised is shown with what it should say."""
    from papermill.exceptions import PapermillExecutionError

    from chapters.toolkit import canon

    try:
        papermill_run(notebook, target, chapter.root, values or {}, strict)
    except PapermillExecutionError as error:
        stored = canon.shown(canon.read(notebook))
        found = [one for one in stored if one.source == error.source]
        cell = found[0] if found else canon.Shown(0, error.source, ())
        expected = "(no error)" if strict else cell.text
        got = f"{error.ename}: {error.evalue}"
        shown = failure(chapter.slug, cell.number, cell.source, expected, got)
        raise NotebookError(shown) from None
    return canon.read(target)


def compare(slug: str, stored: Any, fresh: Any) -> int:
    """How many cells were compared; the first that differs is a NotebookError."""
    from chapters.toolkit import canon

    expected, got = canon.shown(stored), canon.shown(fresh)
    for one, other in zip(expected, got, strict=True):
        if one.parts != other.parts:
            texts = (one.text, other.text)
            if one.text == other.text:
                texts = (repr(one.parts), repr(other.parts))
            raise NotebookError(failure(slug, one.number, one.source, *texts))
    return len(expected)


@contextlib.contextmanager
def served(chapter: Chapter) -> Iterator[None]:
    """The services that the chapter names, up; their URLs in the environment."""
    if not chapter.needs:
        yield
        return
    services = importlib.import_module("chapters.toolkit.services").services
    with services(*chapter.needs) as running, environment(**running.environment):
        yield


def run_one(
    slug: str, root: Path = ROOT, parameters: dict[str, Any] | None = None
) -> Report:
    """Run a notebook as shipped; without parameters its outputs are compared."""
    from chapters.toolkit import canon

    chapter = catalog.load(slug, root)
    stored = source(chapter)
    with served(chapter):
        target = root / "build" / "run" / stored.name
        fresh = attempt(chapter, stored, target, parameters)
    if parameters:
        return Report(slug, len(canon.shown(fresh)), verdict="ran, not compared")
    return Report(slug, compare(slug, canon.read(stored), fresh))


def run(
    chapter: str, parameters: dict[str, Any] | None = None, root: Path = ROOT
) -> int:
    """`make chapter-NN`: services, one papermill run, a report; an exit code."""
    slug = catalog.slug_of(chapter, root)
    report = _timed(functools.partial(run_one, parameters=parameters), slug, root)
    show([report])
    return int(not report.ok)


# -- solve ---------------------------------------------------------------------


def solutions(chapter: Chapter) -> dict[str, str]:
    """`tests/solutions/ch03_rest_api/paging.py` answers exercise `ch03.paging`."""
    prefix = chapter.slug[:4]
    return {
        f"{prefix}.{path.stem.replace('_', '-')}": path.read_text(encoding="utf-8")
        for path in sorted(chapter.solutions.glob("*.py"))
    }


def answer(stub: str, solution: str) -> str:
    """The solution in the stub's place; a first line `%%writefile x.py` stays."""
    first, _, _ = stub.partition("\n")
    solution = solution.strip("\n")
    return f"{first}\n{solution}" if first.startswith("%%") else solution


def skip_to_exercises(cells: list[Any]) -> None:
    """Empty the code between `## Launch` and `## Exercises`, which then does not run.

    Who comes for the exercises alone runs Launch and goes on from there; whether all
    that lies between still runs is what the notebook as shipped proves.
    """
    seen = [""]
    for cell in cells:
        if cell.cell_type == "markdown":
            seen += SECTION.findall(cell.source)
        elif "Launch" in seen[:-1] and "Exercises" not in seen:
            cell.source, cell.outputs = "", []


def solved(chapter: Chapter) -> tuple[Any, list[str]]:
    """Launch and every exercise answered, as a notebook; and the exercises' ids."""
    from chapters.toolkit import canon

    notebook = canon.read(source(chapter))
    answers = solutions(chapter)
    cells = {
        c.metadata["exercise"]: c for c in notebook.cells if c.metadata.get("exercise")
    }
    if missing := sorted(set(cells) ^ set(answers)):
        names = ", ".join(missing)
        raise NotebookError(
            f"notebooks/{chapter.slug}.ipynb and tests/solutions/{chapter.slug}/ "
            f"disagree about {names}: each exercise has a cell and a solution"
        )
    for name, cell in cells.items():
        cell.source = answer(cell.source, answers[name])
    skip_to_exercises(notebook.cells)
    return notebook, sorted(cells)


def solve_one(slug: str, root: Path = ROOT) -> Report:
    """Put the solutions in, run strictly: every check must say that it passed."""
    from chapters.toolkit import canon

    chapter = catalog.load(slug, root)
    notebook, names = solved(chapter)
    target = root / "build" / "solved" / chapter.notebook.name
    target.parent.mkdir(parents=True, exist_ok=True)
    canon.write(notebook, target)
    with served(chapter):
        fresh = attempt(chapter, target, target, strict=True)
    text = "\n".join(one.text for one in canon.shown(fresh))
    for name in names:
        if f"✓ {name}" not in text:
            raise NotebookError(
                f"notebooks/{slug}.ipynb: the solution of {name} is never confirmed: "
                f'put check("{name}", ...) into the cell after the exercise'
            )
    return Report(slug, len(canon.shown(fresh)), verdict=f"{len(names)} solved")


def solve(
    chapters: list[str] | None = None, jobs: int = 2, root: Path = ROOT
) -> list[Report]:
    """Every notebook with its solutions, strictly."""
    reports = each(solve_one, _chosen(chapters, root), jobs, root)
    show(reports)
    return reports


# -- a learner's own copy ------------------------------------------------------


def copy_to_work(chapter: str | None = None, root: Path = ROOT) -> list[Path]:
    """The learner's copies in work/, each made when it is first asked for."""
    copies = []
    for slug in _chosen([chapter] if chapter else None, root):
        original = source(catalog.load(slug, root))
        mine = root / "work" / original.name
        if not mine.exists():
            mine.parent.mkdir(exist_ok=True)
            shutil.copyfile(original, mine)
        copies.append(mine)
    return copies


def reset(chapter: str, root: Path = ROOT) -> Path:
    """A fresh copy; what the learner had is kept beside it as .bak, .bak2..."""
    mine = root / "work" / source(catalog.find(chapter, root)).name
    if mine.exists():
        kept, count = mine.with_name(mine.name + ".bak"), 1
        while kept.exists():
            count += 1
            kept = mine.with_name(f"{mine.name}.bak{count}")
        mine.rename(kept)
    return copy_to_work(chapter, root)[0]


def lint(path: Path) -> list[str]:
    """What no run of a notebook would notice: one finding a line, with its remedy."""
    from chapters.toolkit import rules

    return rules.findings(path)


# -- many at once --------------------------------------------------------------


def _timed(job: Callable[..., Report], slug: str, root: Path) -> Report:
    """A report, whatever happens; the pool's workers run this."""
    start = time.perf_counter()
    try:
        report = job(slug, root)
    except (NotebookError, CatalogError) as error:
        report = Report(slug, verdict="failed", failure=str(error))
    except Exception as error:
        text = f"{type(error).__name__}: {str(error)[-3000:]}"
        report = Report(slug, verdict="failed", failure=text)
    return replace(report, seconds=time.perf_counter() - start)


def each(
    job: Callable[..., Report], slugs: list[str], jobs: int = 2, root: Path = ROOT
) -> list[Report]:
    """Run one job a notebook, `jobs` at a time, each in a process of its own."""
    if len(slugs) < 2 or jobs < 2:
        return [_timed(job, slug, root) for slug in slugs]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(slugs)), mp_context=context) as pool:
        futures = [pool.submit(_timed, job, slug, root) for slug in slugs]
        return [future.result() for future in futures]


def _chosen(names: list[str] | None, root: Path) -> list[str]:
    """The chapters named, or all that have a notebook."""
    if names:
        return [catalog.slug_of(name, root) for name in names]
    return sorted(path.stem for path in (root / "notebooks").glob("ch*.ipynb"))


def refresh(
    chapters: list[str] | None = None, jobs: int = 2, root: Path = ROOT
) -> list[Report]:
    """Run the notebooks and store their outputs; twice changes nothing."""
    reports = each(refresh_one, _chosen(chapters, root), jobs, root)
    show(reports)
    return reports


def show(reports: list[Report]) -> None:
    """Each failure in full, then one table."""
    console = Console(highlight=False, soft_wrap=True)
    for report in reports:
        if not report.ok:
            console.print(report.failure, markup=False)
            console.print()
    table = Table("chapter", "cells", "seconds", "verdict")
    for one in reports:
        cells = str(one.cells or "")
        table.add_row(one.slug, cells, f"{one.seconds:.1f}", one.verdict)
    console.print(table)


def main(arguments: list[str]) -> int:
    """`refresh`, `solve` or `lint`, then chapters; `--root` and `--json` for tests."""
    parser = argparse.ArgumentParser(prog="python -m chapters.toolkit.notebooks")
    parser.add_argument("verb", choices=["refresh", "solve", "lint"])
    parser.add_argument("chapters", nargs="*")
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the reports here too")
    options = parser.parse_intermixed_args(arguments)
    if options.verb == "lint":
        names = _chosen(options.chapters, options.root)
        paths = [options.root / "notebooks" / f"{name}.ipynb" for name in names]
        found = [line for path in paths for line in lint(path)]
        print("\n".join(found))
        return bool(found)
    work = {"refresh": refresh, "solve": solve}[options.verb]
    reports = work(options.chapters, options.jobs, options.root)
    if options.json:
        options.json.write_text(json.dumps([vars(one) for one in reports]))
    return not all(report.ok for report in reports)


if __name__ == "__main__":
    # The pool's processes find this module by its own name, not as __main__.
    sys.exit(importlib.import_module("chapters.toolkit.notebooks").main(sys.argv[1:]))
