"""Exercises tried in this process: an answer, then the check.

An exercise stands alone: of Launch, its cells may use imports, functions, classes and
literals.
"""

import ast
import asyncio
import contextlib
import io
import linecache
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

from chapters.toolkit import canon, notebooks
from chapters.toolkit.catalog import Chapter

KEPT = (
    ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
)


def plain(source: str) -> str:
    """A cell without its `%%` line."""
    return source.partition("\n")[2] if source.startswith("%%") else source


def settled(node: ast.stmt) -> bool:
    """A statement that only names something."""
    if isinstance(node, KEPT):
        return True
    if not isinstance(node, ast.Assign):
        return False
    try:
        ast.literal_eval(node.value)
    except ValueError:
        return False
    return True


def compiled(source: str, name: str) -> CodeType:
    """A cell's code, with its lines where `inspect` looks for them."""
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(source, name, "exec", flags=flags)
    return code


def execute(source: str, names: dict[str, Any], name: str) -> None:
    """Run a cell, awaiting what it awaits; a `%%writefile` cell writes its file."""
    if source.startswith("%%writefile "):
        target = Path(source.partition("\n")[0].split()[1])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(plain(source) + "\n", encoding="utf-8")
        return
    outcome = eval(compiled(source, name), names)
    if asyncio.iscoroutine(outcome):
        asyncio.run(outcome)


def above(cells: list[Any]) -> dict[str, Any]:
    """The names that the cells above an exercise leave behind."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(cells):
        with contextlib.suppress(SyntaxError):
            for node in ast.parse(plain(cell.source)).body:
                if settled(node):
                    text = ast.unparse(node)
                    with contextlib.suppress(Exception):
                        execute(text, names, f"<above {number} {hash(text)}>")
    return names


def rehearse(chapter: Chapter, exercise: str, source: str) -> str:
    """What the check says of an answer; empty when it passes.

    The caller sets COURSE_STRICT, COURSE_PROGRESS and the working folder.
    """
    cells = canon.read(chapter.notebook).cells
    notebooks.skip_to_exercises(cells)
    code = [cell for cell in cells if cell.cell_type == "code"]
    place = [cell.metadata.get("exercise") for cell in code].index(exercise)
    names = above(code[:place])
    answer = notebooks.answer(code[place].source, source)
    silence = contextlib.redirect_stdout(io.StringIO())
    shown = patch("IPython.display.display")
    with silence, shown:
        execute(answer, names, f"<exercise {exercise}>")
        try:
            execute(code[place + 1].source, names, f"<check {exercise}>")
        except AssertionError as error:
            return str(error) or "an assertion failed"
    return ""
