"""The one form in which a notebook is stored, and what of it is compared.

What differs between two canonical notebooks is a real difference.
"""

import copy
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from chapters.toolkit.catalog import ROOT

SANITIZE = ROOT / "tests" / "sanitize.cfg"
KERNEL = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
IGNORED = {"nbval-ignore-output", "nbval-skip"}


def read(path: Path) -> Any:
    """A notebook as nbformat reads it; a file that is none is a ValueError."""
    return nbformat.read(path, as_version=4)


def text(notebook: Any) -> str:
    """The file's content."""
    content: str = nbformat.writes(notebook)
    return content.rstrip("\n") + "\n"


def write(notebook: Any, path: Path) -> None:
    """Store it, with the same line ends on every system."""
    path.write_text(text(notebook), encoding="utf-8", newline="\n")


@cache
def patterns(path: Path = SANITIZE) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The regex and replace pairs that nbval reads from the same file."""
    text = path.read_text(encoding="utf-8")
    pairs = re.findall(r"^regex: (.*)\n^replace: (.*)$", text, flags=re.MULTILINE)
    return tuple((re.compile(regex), replacement) for regex, replacement in pairs)


def sanitize(value: Any) -> Any:
    """Mask what may differ from run to run, at any depth."""
    if isinstance(value, str):
        for pattern, replacement in patterns():
            value = pattern.sub(replacement, value)
    elif isinstance(value, list):
        value = [sanitize(one) for one in value]
    elif isinstance(value, dict):
        value = {key: sanitize(one) for key, one in value.items()}
    return value


def fingerprint(source: str) -> str:
    """A cell's id: an edited cell has another one, so stale outputs are seen."""
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def _alt(metadata: dict[str, Any]) -> dict[str, Any]:
    """Of an output's metadata, the text that describes its picture."""
    kept: dict[str, Any] = {}
    for kind, value in metadata.items():
        if kind == "alt":
            kept[kind] = value
        elif isinstance(value, dict) and "alt" in value:
            kept[kind] = {"alt": value["alt"]}
    return kept


def settled(outputs: list[Any], count: int | None) -> list[Any]:
    """Streams joined, addresses masked, metadata gone."""
    joined: list[Any] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last["text"] += output.text
            continue
        joined.append(output)
    for output in joined:
        if "execution_count" in output:
            output.execution_count = count
        if "metadata" in output:
            output.metadata = nbformat.from_dict(_alt(output.metadata))
        for key in ("text", "data", "evalue"):
            if key in output:
                output[key] = nbformat.from_dict(sanitize(output[key]))
    return joined


def canonical(notebook: Any) -> Any:
    """A copy in the canonical form: ids, counts 1..n, little metadata."""
    notebook = copy.deepcopy(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    seen: dict[str, int] = {}
    count = 0
    for cell in notebook.cells:
        metadata = {k: v for k, v in cell.metadata.items() if v}
        kept = {k: v for k, v in metadata.items() if k in ("tags", "exercise")}
        cell.metadata = nbformat.from_dict(kept)
        name = fingerprint(cell.source)
        seen[name] = seen.get(name, 0) + 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
        if cell.cell_type == "code":
            if cell.execution_count is not None:
                count += 1
                cell.execution_count = count
            cell.outputs = settled(cell.outputs, cell.execution_count)
    return notebook


@dataclass(frozen=True)
class Shown:
    """A code cell and what it shows, without what nbval does not compare."""

    number: int
    source: str
    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The output as a reader sees it."""
        plain = [v for k, v in self.parts if k not in ("text/html", "text/markdown")]
        return "\n".join(value.rstrip("\n") for value in plain)


def parts(outputs: list[Any]) -> tuple[tuple[str, str], ...]:
    streams: dict[str, str] = {}
    rest: list[tuple[str, str]] = []
    for output in outputs:
        if output.output_type == "stream":
            streams[output.name] = streams.get(output.name, "") + output.text
        elif output.output_type == "error":
            rest.append(("error", f"{output.ename}: {output.evalue}"))
        else:
            rest += [
                (kind, value if isinstance(value, str) else repr(value))
                for kind, value in sorted(output.data.items())
                if not kind.startswith("image/") and "widget" not in kind
            ]
    return (*sorted(streams.items()), *rest)


def shown(notebook: Any) -> list[Shown]:
    """What a notebook shows, cell by cell; papermill's own cells left out."""
    cells = [
        cell
        for cell in canonical(notebook).cells
        if cell.cell_type == "code"
        and "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    return [
        Shown(number, cell.source, parts(cell.outputs))
        for number, cell in enumerate(cells, start=1)
        if not IGNORED & set(cell.metadata.get("tags", []))
    ]
