"""What no run of a notebook would notice; one line a finding, remedy included.

Try: python -m chapters.toolkit.notebooks lint 03
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from chapters.toolkit import canon

# Cells whose output is not compared: "slug:cell id" and the reason.
EXEMPT: dict[str, str] = {}
TAGS = {"parameters", "hide-input", "alone"}
LARGEST = 3_000_000
CODE_CELLS, CODE_LINES, CODE_MEDIAN, CODE_WIDTH, WORDS = 35, 20, 6, 79, 120
HEADINGS = (
    "## What you will build",
    "## What you will learn",
    "## What you need",
    "## Launch",
    "## Break it",
    "## Measure it",
    "## Exercises",
    "## In production",
    "## Recap and next",
)
FORBIDDEN = (
    (r"\btime\.sleep\(", "sleeps: wait for the event itself"),
    (r"^\s*!", "runs a shell command: use subprocess.run or launch"),
    (r"^\s*%(?!%writefile \.\./work/)", "uses a magic: only `%%writefile ../work/...`"),
    (r"# NBVAL_", "carries an nbval comment: make its output stable instead"),
)
PRIVATE = re.compile(
    r"/home/\w+|/Users/\w+|/root/|[A-Z]:\\\\Users|ghp_\w{10,}|hf_\w{10,}|\bsk-\w{20,}"
)


def code_lines(source: str) -> list[str]:
    """Lines that are not blank."""
    return [line for line in source.splitlines() if line.strip()]


def _compiles(source: str) -> bool:
    lines = source.splitlines()
    if lines and lines[0].startswith("%%"):
        lines = lines[1:]
    try:
        compile("\n".join(lines), "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def _code(cell: Any) -> Iterator[str]:
    """One code cell's source."""
    lines = code_lines(cell.source)
    if len(lines) > CODE_LINES:
        yield f"{len(lines)} lines, at most {CODE_LINES}: split it"
    for line in lines:
        if len(line) > CODE_WIDTH:
            yield f"a line of {len(line)} columns, at most {CODE_WIDTH}: wrap it"
    for pattern, remedy in FORBIDDEN:
        if re.search(pattern, cell.source, flags=re.MULTILINE):
            yield remedy
    if not _compiles(cell.source):
        yield "does not compile: correct the syntax"


def _output(cell: Any, command: str) -> Iterator[str]:
    """One code cell's stored outputs."""
    described = "Picture: " in canon.Shown(0, "", canon.parts(cell.outputs)).text
    for output in cell.outputs:
        if output.output_type == "error":
            yield "stores an error: provoke it inside `with expect(...)`"
        if output.get("name") == "stderr":
            yield f"writes to stderr: silence its cause, then `{command}`"
        pictures = [k for k in output.get("data", {}) if k.startswith("image/")]
        if pictures and not described and "alt" not in str(output.metadata):
            yield "a picture without alt text: use `picture(figure, alt=...)`"
    for secret in sorted(set(PRIVATE.findall(str(cell.outputs)))):
        yield f"shows {secret!r}: print what is the same on every machine"


def _markdown(cell: Any) -> Iterator[str]:
    """One markdown cell."""
    words = len(re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL).split())
    if words > WORDS:
        yield f"{words} words, at most {WORDS}: split it or cut it"
    if re.search(r"!\[\s*\]\(", cell.source) or re.search(
        r"<img (?![^>]*alt=\"\w)", cell.source
    ):
        yield "an image without alt text: write it between the brackets"


def _tags(cell: Any, slug: str) -> Iterator[str]:
    for tag in cell.metadata.get("tags", []):
        if tag in canon.IGNORED:
            if f"{slug}:{cell.id}" not in EXEMPT:
                yield f"tag {tag!r}: make the output stable, or give a reason in EXEMPT"
        elif tag not in TAGS:
            yield f"unknown tag {tag!r}: remove it"


def _refusals(cells: list[Any], index: int) -> Iterator[str]:
    """A stored 4xx proves that nothing changed, not that it was meant to be there."""
    text = canon.Shown(0, "", canon.parts(cells[index].outputs)).text
    beside = "".join(cell.source for cell in cells[max(0, index - 1) : index + 2])
    for status in sorted(set(re.findall(r"^([45]\d\d) [A-Z]", text, re.MULTILINE))):
        if status not in beside:
            yield f"shows {status}: name it in the prose beside, or mend the request"


def _cells(notebook: Any, slug: str, command: str) -> Iterator[str]:
    """Findings of single cells, counted with those of prose."""
    for number, cell in enumerate(notebook.cells, start=1):
        found = [*_tags(cell, slug)]
        if cell.cell_type == "markdown":
            found += _markdown(cell)
        if cell.cell_type == "code":
            found += [*_code(cell), *_output(cell, command)]
            found += _refusals(notebook.cells, number - 1)
        for text in found:
            yield f"cell {number}: {text}"


def _order(notebook: Any, command: str) -> Iterator[str]:
    """One clean run: where a count is missing nbval compares nothing, and passes."""
    counts = [c.execution_count for c in notebook.cells if c.cell_type == "code"]
    wrong = [n for n, count in enumerate(counts, start=1) if n != count]
    if wrong:
        yield (
            f"code cell {wrong[0]} has count {counts[wrong[0] - 1]} "
            f"({len(wrong)} wrong counts): not one clean run from top to bottom: "
            f"`{command}`"
        )


def _shape(notebook: Any) -> Iterator[str]:
    """Budgets and skeleton of the whole."""
    code = [c.source for c in notebook.cells if c.cell_type == "code"]
    prose = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    if len(code) > CODE_CELLS:
        yield f"{len(code)} code cells, at most {CODE_CELLS}: leave something out"
    if len(prose) < len(code):
        yield f"{len(code)} code cells, {len(prose)} of prose: say what each shows"
    middle = median([len(code_lines(source)) for source in code] or [0])
    if middle > CODE_MEDIAN:
        yield f"median of {middle:g} code lines a cell, at most {CODE_MEDIAN}: split"
    lines = [line.strip() for source in prose for line in source.splitlines()]
    if not lines or not re.match(r"# Chapter \d+ · ", lines[0]):
        yield "the first line is not `# Chapter N · Title`: write it"
    for heading in HEADINGS:
        if heading not in lines:
            yield f"no heading `{heading}`: the skeleton is the same in each chapter"


def _exercises(notebook: Any, command: str) -> Iterator[str]:
    """Each exercise is followed by its check, and its stored output is a failure."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, following in zip(code, [*code[1:], None], strict=True):
        name = cell.metadata.get("exercise")
        if name is None:
            continue
        if following is None or f'check("{name}"' not in following.source:
            yield f'exercise {name}: the next code cell must say check("{name}", ...)'
            continue
        text = canon.Shown(0, "", canon.parts(following.outputs)).text
        if f"✗ {name}" not in text:
            yield (
                f"exercise {name}: the stub passes or says nothing: ship it unsolved "
                f"(stored output begins with `✗ {name}`), then `{command}`"
            )


def findings(path: Path) -> list[str]:
    """Every finding in one notebook."""
    place, command = f"notebooks/{path.name}", f"make refresh CHAPTER={path.stem[2:4]}"
    try:
        notebook = canon.read(path)
    except Exception as error:
        return [f"{place}: not a notebook ({type(error).__name__}): restore it"]
    found = [
        *_cells(notebook, path.stem, command),
        *_order(notebook, command),
        *_shape(notebook),
        *_exercises(notebook, command),
    ]
    if canon.text(canon.canonical(notebook)) != path.read_text(encoding="utf-8"):
        found.append(f"not in the canonical form: `{command}`")
    if path.stat().st_size > LARGEST:
        found.append(f"more than {LARGEST} bytes: draw smaller pictures")
    return [f"{place}: {text}" for text in found]
