"""A small made-up house in a folder of its own, for the tests to break."""

import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from chapters.toolkit import canon, catalog
from chapters.toolkit.catalog import ROOT

SLUG = "ch01_ponds"
TOML = """title = "Ponds"
promise = "Count herons."
read = 5
do = 10
level = "beginner"
needs = []
extras = []
"""
APP = '''"""Count herons. Run: python -m chapters.ch01_ponds"""


def herons(ponds: int) -> int:
    return ponds * 2
'''
EXERCISES = '''"""The exercises of the ponds."""

from collections.abc import Callable

from chapters.toolkit.checks import exercise

'''
EXERCISE = """
@exercise(
    "ch01.{name}",
    title="{name} a number",
    hints=("Which sign?", "The one for products.", "`number * {factor}`"),
    why="Counting is multiplying.",
)
def {name}(answer: Callable[[int], int]) -> None:
    if answer(3) != 3 * {factor}:
        raise AssertionError(f"I asked for 3 and got `{{answer(3)}}`.")

"""
FACTORS = {"double": 2, "triple": 3, "fourfold": 4, "fivefold": 5}
TEST = '''"""The ponds."""

import runpy

import pytest

from chapters.ch01_ponds.app import herons
from chapters.ch01_ponds.exercises import double, fivefold, fourfold, triple


def test_each_exercise_refuses_the_number_itself() -> None:
    for check in (double, triple, fourfold, fivefold):
        with pytest.raises(AssertionError, match="I asked for 3"):
            check(lambda number: number)


def test_each_pond_has_two_herons(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("chapters.ch01_ponds", run_name="__main__")
    assert capsys.readouterr().out == "4\\n"
    assert herons(3) == 6
'''
MAIN = '''"""Run the ponds: python -m chapters.ch01_ponds"""

from chapters.ch01_ponds.app import herons

print(herons(2))
'''
# The toolkit is not part of the made-up house: mypy shall not look at it.
UNTYPED = """
[[tool.mypy.overrides]]
module = "chapters.*"
ignore_missing_imports = true
disallow_untyped_decorators = false
"""
CONFTEST = '''"""The made-up house's tests."""
'''


def text(*lines: str) -> Any:
    return new_output("stream", name="stdout", text="\n".join(lines) + "\n")


def result(value: str) -> Any:
    return new_output("execute_result", data={"text/plain": value}, execution_count=1)


def code(source: str, *outputs: Any, **metadata: str) -> Any:
    """A code cell that has run."""
    cell = new_code_cell(source, outputs=list(outputs), metadata=metadata)
    cell.execution_count = 1
    return cell


def exercise(name: str, factor: int) -> list[Any]:
    """The stub and its check, as they are stored."""
    stub = f"def {name}(number: int) -> int: ..."
    says = (
        f"✗ ch01.{name} · not yet: put your code in the place of `...`\n"
        f'{name} a number. (`hint("ch01.{name}")` when you are stuck)'
    )
    return [
        new_markdown_cell(f"### {name}"),
        code(stub, exercise=f"ch01.{name}"),
        new_markdown_cell("Check it."),
        code(f'print(check("ch01.{name}", {name}))', text(*says.splitlines())),
    ]


def notebook(*extra: Any) -> Any:
    """The ponds' notebook, with the full skeleton; `extra` comes after Launch."""
    cells = [
        new_markdown_cell("# Chapter 1 · Ponds\n\nCount herons."),
        new_markdown_cell(
            "## What you will build\n## What you will learn\n## What you need"
        ),
        new_markdown_cell("## Launch"),
        code(
            "from chapters.ch01_ponds.app import herons\n"
            "from chapters.toolkit import check"
        ),
        *extra,
        new_markdown_cell("## Break it"),
        new_markdown_cell("## Measure it\n\nHow many?"),
        code("herons(2)", result("4")),
        new_markdown_cell("## Exercises"),
    ]
    for name, factor in FACTORS.items():
        cells += exercise(name, factor)
    cells += [new_markdown_cell("## In production\n## Recap and next")]
    return canon.canonical(new_notebook(cells=cells))


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def answer(name: str, body: str) -> str:
    return f"def {name}(number: int) -> int:\n    return {body}\n"


def house(root: Path, *extra: Any) -> Path:
    """The whole house, in order."""
    room = root / "chapters" / SLUG
    real = f'__path__.append("{(ROOT / "chapters").as_posix()}")'
    write(root / "chapters" / "__init__.py", f'"""A made-up house."""\n\n{real}\n')
    write(room / "chapter.toml", TOML)
    write(room / "__init__.py", '"""Herons in ponds."""\n')
    write(room / "__main__.py", MAIN)
    write(room / "app.py", APP)
    checks = [EXERCISE.format(name=n, factor=f) for n, f in FACTORS.items()]
    write(room / "exercises.py", (EXERCISES + "".join(checks)).rstrip("\n") + "\n")
    path = root / "notebooks" / f"{SLUG}.ipynb"
    write(path, canon.text(notebook(*extra)))
    write(root / "tests" / "chapters" / f"test_{SLUG}.py", TEST)
    solutions = root / "tests" / "solutions" / SLUG
    for name, factor in FACTORS.items():
        write(solutions / f"{name}.py", answer(name, f"number * {factor}"))
        for mistake, body in {"same": "number", "negative": "-number"}.items():
            head = "# expect: I asked for 3 and got\n"
            wrong = solutions / "wrong" / f"{name}.{mistake}.py"
            write(wrong, head + answer(name, body))
    write(root / "assets" / "MANIFEST.toml", "# no assets\n")
    write(root / "tests" / "conftest.py", CONFTEST)
    table = catalog.readme_table(root)
    write(root / "README.md", f"<!-- chapters -->\n{table}\n<!-- /chapters -->\n")
    for name in ("pyproject.toml", "tests/sanitize.cfg", "notebooks/.ruff.toml"):
        shutil.copyfile(ROOT / name, root / name)
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(UNTYPED)
    return root


def change(path: Path, before: str, after: str) -> None:
    """Break something on purpose."""
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, after), encoding="utf-8")


def rewrite(root: Path, cells: list[Any]) -> Path:
    """The notebook with other cells, as somebody's editor may have saved it."""
    path = root / "notebooks" / f"{SLUG}.ipynb"
    made = notebook()
    made.cells = cells
    nbformat.write(made, path)
    return path
