"""What every chapter.toml says: the README table and each verb read it here.

Try: python -m chapters.toolkit.catalog
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ("beginner", "intermediate", "advanced")
FIELDS: dict[str, type] = {
    "title": str,
    "promise": str,
    "read": int,
    "do": int,
    "level": str,
    "needs": list,
    "extras": list,
}
KNOWN = {"needs": ("redis", "mongodb", "postgres", "s3"), "extras": ("ml",)}
STEM = re.compile(r"ch(\d\d)_[a-z0-9_]+")


class CatalogError(Exception):
    """A chapter that does not exist or does not describe itself; one line each."""


@dataclass(frozen=True)
class Chapter:
    """One room of the house: its description and where its parts lie."""

    root: Path
    slug: str
    title: str
    promise: str
    read: int
    do: int
    level: str
    needs: tuple[str, ...]
    extras: tuple[str, ...]

    @property
    def number(self) -> int:
        return int(self.slug[2:4])

    @property
    def folder(self) -> Path:
        return self.root / "chapters" / self.slug

    @property
    def notebook(self) -> Path:
        return self.root / "notebooks" / f"{self.slug}.ipynb"

    @property
    def tests(self) -> Path:
        return self.root / "tests" / "chapters" / f"test_{self.slug}.py"

    @property
    def solutions(self) -> Path:
        return self.root / "tests" / "solutions" / self.slug

    @property
    def command(self) -> str:
        """What reruns this notebook, and nothing else."""
        return f"make chapter-{self.number:02d}"


def slugs(root: Path = ROOT) -> list[str]:
    """The names of the chapters' folders, in reading order."""
    folders = (path for path in (root / "chapters").glob("ch*") if path.is_dir())
    return sorted(path.name for path in folders if STEM.fullmatch(path.name))


def slug_of(name: str, root: Path = ROOT) -> str:
    """`3`, `03`, `ch03` and `ch03_rest_api` all mean the same chapter."""
    wanted = name.strip().removesuffix(".ipynb")
    digits = wanted.removeprefix("ch")
    for slug in slugs(root):
        if slug == wanted or (digits.isdecimal() and int(digits) == int(slug[2:4])):
            return slug
    known = ", ".join(slugs(root)) or "none yet"
    raise CatalogError(f"there is no chapter {name!r}; there are: {known}")


def problems(values: dict[str, Any]) -> list[str]:
    """What is missing, of the wrong kind or unknown in one chapter.toml."""
    found = [f"`{key}` is missing" for key in FIELDS if key not in values]
    found += [f"`{key}` is unknown" for key in values if key not in FIELDS]
    for key, kind in FIELDS.items():
        if key in values and type(values[key]) is not kind:
            found.append(f"`{key}` must be a {kind.__name__}, not {values[key]!r}")
    for key, names in KNOWN.items():
        if not set(map(str, values.get(key, ()))) <= set(names):
            found.append(f"`{key}` may name {', '.join(names)}")
    if values.get("level", "beginner") not in LEVELS:
        found.append(f"`level` must be one of {', '.join(LEVELS)}")
    return found


def load(slug: str, root: Path = ROOT) -> Chapter:
    """Read one chapter.toml, or say in one line what is wrong with it."""
    file = f"chapters/{slug}/chapter.toml"
    try:
        values = tomllib.loads((root / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogError(
            f"{file} is missing: write {', '.join(FIELDS)} in it"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{file} is not TOML: {error}") from None
    if found := problems(values):
        raise CatalogError(f"{file}: {'; '.join(found)}")
    for key in ("needs", "extras"):
        values[key] = tuple(values[key])
    return Chapter(root=root, slug=slug, **values)


def chapters(root: Path = ROOT) -> list[Chapter]:
    """Every chapter, in reading order."""
    return [load(slug, root) for slug in slugs(root)]


def find(name: str, root: Path = ROOT) -> Chapter:
    """The chapter that a number or a name means."""
    return load(slug_of(name, root), root)


def readme_table(root: Path = ROOT) -> str:
    """The README's chapter table, in Markdown."""
    lines = [
        "| | chapter | you will | notebook | module | read + do | level | needs |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in chapters(root):
        needs = ", ".join((*one.needs, *one.extras)) or "nothing"
        notebook = f"[notebook](notebooks/{one.slug}.ipynb)"
        module = f"[`{one.slug}`](chapters/{one.slug})"
        minutes = f"{one.read} + {one.do} min"
        cells = [one.number, one.title, one.promise, notebook, module, minutes]
        cells += [one.level, needs]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(readme_table())
