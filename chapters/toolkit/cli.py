"""Every make verb, in the course's environment. Run: python -m chapters.toolkit help"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from chapters.toolkit import catalog, environment
from chapters.toolkit.catalog import CatalogError, Chapter
from chapters.toolkit.doctor import pins
from chapters.toolkit.environment import BASE, LATEST, ROOT, Environment, Trouble

app = typer.Typer(
    add_completion=False,
    help="From Notebook to Service: the course's verbs.",
    pretty_exceptions_enable=False,
)
# `make test CHAPTER=` hands over an empty word: it means all of them.
One = Annotated[str, typer.Argument(help="the chapter's number or name, such as 03")]
Some = Annotated[str, typer.Argument(help="a chapter's number; all when left out")]
COMPILE = ("--universal", "--generate-hashes", "--no-header", "--no-annotate")
LOWEST = "3.11"
LOCKED = ("course", "lab", "ml")
ML = ("torch", "transformers", "diffusers")


def run(arguments: list[str]) -> int:
    """Run one verb: its exit code, with every known trouble as one line."""
    from chapters.toolkit.notebooks import NotebookError

    try:
        result = app(arguments, prog_name="chapters.toolkit", standalone_mode=False)
    except CatalogError as error:
        remedy = "name one of these, as in `make chapter-03`."
        text = str(error)
        raise Trouble(f"{text[:1].upper()}{text[1:]}.", remedy) from None
    except NotebookError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        usage = str(error.format_message())  # typer's usage errors
        raise Trouble(usage, "`make` lists the verbs.") from None
    return result if isinstance(result, int) else 0


def chosen(name: str) -> Chapter | None:
    return catalog.find(name) if name.strip() else None


def add_sets(found: Chapter | None) -> None:
    """What a chapter needs beyond the base; without a name: what any of them needs."""
    chapters = [found] if found else catalog.chapters()
    if not any("ml" in one.extras for one in chapters):
        return
    if not os.environ.get("COURSE_ENVIRONMENT"):
        environment.ensure_ml()
    elif missing := [name for name in ML if find_spec(name) is None]:
        lacks = f"This environment has no {' and no '.join(missing)}."
        raise Trouble(lacks, "install the ml set of pyproject.toml and torch in it.")


@app.command()
def setup(which: Annotated[str, typer.Argument(metavar="[SET]")] = "") -> None:
    """Make the environment from the lock; `lab`, `ml` or `all` for more."""
    sets = {"": (), "base": (), "lab": ("lab",), "ml": ("ml",), "all": ("lab", "ml")}
    if which not in sets:
        known = "lab, ml or all"
        raise Trouble(f"There is no set {which!r}.", f"leave it out, or say {known}.")
    python = environment.ensure(BASE)
    for one in sets[which]:
        environment.ensure_lab() if one == "lab" else environment.ensure_ml()
    print(f"Ready: {python.relative_to(ROOT)}. Next: make lab, or make chapter-03.")


@app.command()
def lab() -> int:
    """JupyterLab on the learner's own copy of the notebooks, in work/."""
    from chapters.toolkit import notebooks

    python = environment.ensure_lab()
    for one in catalog.chapters():
        if one.notebook.exists():
            notebooks.copy_to_work(one.slug)
    command = [str(python), "-m", "jupyterlab", "--ServerApp.root_dir=work"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


@app.command()
def chapter(name: One) -> int:
    """Run a chapter's notebook against its running module, and report."""
    from chapters.toolkit import notebooks

    found = catalog.find(name)
    add_sets(found)
    return notebooks.run(found.slug)


@app.command()
def test(name: Some = "") -> int:
    """Every check there is."""
    from chapters.toolkit import gates

    found = chosen(name)
    add_sets(found)
    return gates.test(found.slug if found else None)


@app.command()
def changed() -> int:
    """The checks that a change can affect."""
    from chapters.toolkit import gates

    add_sets(None)
    return gates.changed()


@app.command()
def refresh(name: Some = "") -> int:
    """Run the notebooks and store their outputs."""
    from chapters.toolkit import notebooks

    found = chosen(name)
    add_sets(found)
    names = [found.slug] if found else None
    reports = notebooks.refresh(names, min(os.cpu_count() or 2, 4))
    return 0 if all(report.ok for report in reports) else 1


@app.command()
def latest(name: Some = "") -> int:
    """The same checks with the newest release of everything."""
    found = chosen(name)
    python = environment.ensure_latest()
    command = [str(python), "-m", "chapters.toolkit", "test"]
    verdict = subprocess.run(
        [*command, *([found.slug] if found else [])],
        cwd=ROOT,
        env={**os.environ, "COURSE_ENVIRONMENT": "latest"},
        check=False,
    ).returncode
    locked = pins((ROOT / BASE.lock).read_text("utf-8"))
    before = {name: v for name, v in versions(BASE).items() if name in locked}
    Console().print(changes(before, versions(LATEST)))
    return verdict


def versions(target: Environment) -> dict[str, str]:
    """What is installed in an environment."""
    listed = environment.run(
        [environment.uv(BASE), "pip", "freeze", "--python", str(target.python)],
        f"listing {target.folder}",
    )
    return dict(re.findall(r"^([^=\s]+)==(\S+)$", listed, re.MULTILINE))


def changes(before: dict[str, str], after: dict[str, str]) -> Table:
    """What differs between the lock and the newest releases."""
    table = Table("package", "locked", "newest", title="Since the lock")
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, "-"), after.get(name, "-")
        if old != new:
            table.add_row(name, old, new)
    if not table.rows:
        table.add_row("nothing has changed", "", "")
    return table


@app.command()
def lock() -> None:
    """Resolve pyproject.toml again, into requirements/."""
    for name, text in resolve(ROOT).items():
        path = ROOT / "requirements" / name
        same = path.exists() and path.read_text("utf-8") == text
        path.write_text(text, "utf-8")
        print(f"requirements/{name}: {'unchanged' if same else 'rewritten'}")


def resolve(root: Path, upgrade: bool = False) -> dict[str, str]:
    """The locks; versions already locked stay unless pyproject.toml moves them."""
    import tempfile
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    tool = [environment.uv(BASE), "pip", "compile", "--quiet", *COMPILE]
    tool += ["--python-version", LOWEST]
    doing = "resolving pyproject.toml"
    with tempfile.TemporaryDirectory() as folder:
        locks = {name: Path(folder, f"{name}.lock") for name in LOCKED}
        for path in () if upgrade else locks.values():
            if (root / "requirements" / path.name).exists():
                shutil.copy(root / "requirements" / path.name, path)
        course = locks.pop("course")
        environment.run(
            [*tool, str(root / "pyproject.toml"), "-o", str(course)], doing, root
        )
        for name, path in locks.items():
            needs = Path(folder, f"{name}.in")
            needs.write_text("\n".join(project["optional-dependencies"][name]), "utf-8")
            more = ["-c", str(course), "-o", str(path)]
            environment.run([*tool, str(needs), *more], doing, root)
        found = (course, *locks.values())
        return {path.name: path.read_text("utf-8") for path in found}


@app.command()
def doctor() -> int:
    """What this machine has and lacks, each with its remedy."""
    from chapters.toolkit import doctor as report

    return report.main()


@app.command()
def progress() -> None:
    """Which exercises are solved."""
    from chapters.toolkit import checks

    checks.progress()


@app.command()
def hint(name: One) -> None:
    """The next hint for a chapter's first open exercise."""
    from chapters.toolkit import checks

    done = {}
    if checks.progress_file().exists():
        done = json.loads(checks.progress_file().read_text("utf-8"))
    tasks = checks.exercises(catalog.find(name).slug[:4])
    still = [task.id for task in tasks if not done.get(task.id, {}).get("passed")]
    if still:
        print(still[0])
        checks.hint(still[0])
    else:
        print(f"Every exercise of chapter {name} is solved.")


@app.command()
def solution(name: One) -> None:
    """A chapter's solutions."""
    found = catalog.find(name)
    console = Console()
    for path in sorted(found.solutions.glob("*.py")):
        console.rule(f"ch{found.number:02d}.{path.stem.replace('_', '-')}")
        console.print(Syntax(path.read_text("utf-8"), "python"))


@app.command()
def reset(name: One) -> None:
    """A new copy of a chapter's notebook in work/."""
    from chapters.toolkit import notebooks

    notebooks.reset(catalog.find(name).slug)


@app.command()
def picture() -> int:
    """Take the README's picture of JupyterLab anew."""
    from chapters.toolkit import labpicture

    environment.ensure_lab()
    return labpicture.main()


@app.command()
def models(which: Annotated[str, typer.Argument(metavar="[MODEL]")] = "") -> int:
    """Rebuild the tiny models from their sources: `nanodet`, `plates`, or both."""
    known = ("nanodet", "plates")
    if which not in ("", *known):
        raise Trouble(f"There is no model {which!r}.", f"say {' or '.join(known)}.")
    python = environment.ensure_ml()
    for name in [which] if which else known:
        command = [str(python), "-m", "assets.models.make_models", name]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


@app.command(hidden=True)
def browser() -> int:
    """Chromium for the tests of the browser lessons."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False).returncode
