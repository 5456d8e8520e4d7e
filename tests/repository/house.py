"""The rules of the house: each takes the root and answers findings, one a line.

A finding names the file and the remedy. Run: python -m tests.repository.house
"""

import ast
import hashlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from chapters.toolkit import canon, catalog, rules
from chapters.toolkit.catalog import ROOT, CatalogError

SHELVES = ("data", "images", "models", "fonts", "docs")
LESSON_LINES, FUNCTION_LINES, DOCSTRING_LINES = 120, 25, 3
PARTS = ("__init__.py", "__main__.py", "app.py", "exercises.py", "chapter.toml")
VAGUE = ("utils", "helpers", "common", "misc")
TEXT = {".py", ".ipynb", ".md", ".toml", ".yml", ".yaml", ".cfg", ".txt", ".json", ""}
WORDS = (
    (r"\b(foo|foobar|baz|qux)\b", "name it after something of the Observatory"),
    (r"\b(todo|todos|fake_users|cats)\b", "take an example of the Observatory"),
    (r"\b(TODO|FIXME|XXX)\b", "do it now, or open an issue"),
    (r"(?<![\w.~])/(home|Users)/(?!runner|vscode)\w+", "name no one's own folder"),
    (r"\b(artifactory|nexus)\.[\w.]+", "name no registry's host"),
    (r"\b[Ll]orem ipsum\b", "write the sentence"),
)


def inside(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def modules(root: Path) -> Iterator[tuple[Path, str, ast.Module]]:
    """Every module of chapters/ with its text and its tree."""
    for path in sorted((root / "chapters").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield path, text, ast.parse(text)


def is_lesson(path: Path, root: Path) -> bool:
    """A chapter's module, except its exercises."""
    parts = path.relative_to(root / "chapters").parts
    return len(parts) > 1 and parts[0] != "toolkit" and path.name != "exercises.py"


# -- names ---------------------------------------------------------------------


def names(root: Path) -> list[str]:
    """One stem everywhere: module, notebook, tests, solutions, chapter.toml."""
    found = []
    for slug in catalog.slugs(root):
        wanted = [f"chapters/{slug}/{part}" for part in PARTS]
        wanted += [f"notebooks/{slug}.ipynb", f"tests/chapters/test_{slug}.py"]
        wanted += [f"tests/solutions/{slug}"]
        missing = [name for name in wanted if not (root / name).exists()]
        found += [f"{name} is missing: every chapter has one" for name in missing]
        try:
            catalog.load(slug, root)
        except CatalogError as error:
            found.append(str(error))
    return found + orphans(root)


def orphans(root: Path) -> list[str]:
    """Files that belong to no chapter."""
    known = catalog.slugs(root)
    places = {
        "notebooks": {f"{slug}.ipynb" for slug in known} | {".ruff.toml"},
        "tests/chapters": {f"test_{slug}.py" for slug in known} | {"conftest.py"},
        "tests/solutions": set(known),
    }
    return [
        f"{place}/{path.name} belongs to no chapter: rename it after one, or delete it"
        for place, allowed in places.items()
        for path in sorted((root / place).glob("*"))
        if path.name not in allowed
        and path.name not in ("__pycache__", ".ipynb_checkpoints")
    ]


# -- exercises -----------------------------------------------------------------


def declared(path: Path) -> Iterator[tuple[str, int]]:
    """The ids in an exercises.py, each with the number of its hints."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        if not (isinstance(call.func, ast.Name) and call.func.id == "exercise"):
            continue
        hints = [word.value for word in call.keywords if word.arg == "hints"]
        number = len(hints[0].elts) if hints and isinstance(hints[0], ast.Tuple) else 0
        name = call.args[0] if call.args else None
        if isinstance(name, ast.Constant):
            yield str(name.value), number


def stubs(root: Path, slug: str) -> list[str]:
    """The ids of a notebook's exercise cells."""
    path = root / "notebooks" / f"{slug}.ipynb"
    cells = canon.read(path).cells if path.is_file() else []
    return [c.metadata["exercise"] for c in cells if c.metadata.get("exercise")]


def exercises(root: Path) -> list[str]:
    """Each exercise: three hints, a cell, a solution, two wrong answers."""
    found = []
    for slug in catalog.slugs(root):
        place = root / "chapters" / slug / "exercises.py"
        if not place.is_file():
            continue
        here = f"chapters/{slug}/exercises.py"
        hints = dict(declared(place))
        found += [
            f"{here}: {name} has {count} hints: give it three (idea, tool, call)"
            for name, count in hints.items()
            if count != 3
        ]
        cells = stubs(root, slug)
        for name in sorted(set(hints) ^ set(cells)):
            lacking = f"notebooks/{slug}.ipynb" if name in hints else here
            found.append(f"{lacking}: no exercise {name}: add it, or drop the other")
        if doubled := sorted({name for name in cells if cells.count(name) > 1}):
            found.append(f"notebooks/{slug}.ipynb: {doubled} twice: rename one")
        if not 4 <= len(hints) <= 6:
            found.append(f"{here}: {len(hints)} exercises: a chapter has 4 to 6")
        found += answers(root, slug, set(hints))
    return found


def answers(root: Path, slug: str, ids: set[str]) -> list[str]:
    """Solutions and wrong answers, against the exercises' ids."""
    place = f"tests/solutions/{slug}"
    files = {name: name[5:].replace("-", "_") for name in sorted(ids)}
    found = []
    for name, stem in files.items():
        if not (root / place / f"{stem}.py").is_file():
            found.append(f"{place}/{stem}.py is missing: write the solution of {name}")
        wrong = list((root / place / "wrong").glob(f"{stem}.*.py"))
        if len(wrong) < 2:
            found.append(
                f"{place}/wrong/{stem}.<mistake>.py: {len(wrong)} wrong answers: "
                f"{name} needs two, each with its message"
            )
    for path in sorted((root / place).rglob("*.py")):
        if path.name.split(".")[0] not in files.values():
            found.append(f"{inside(path, root)} answers no exercise: delete or rename")
        elif path.parent.name == "wrong" and not expected(path):
            found.append(f"{inside(path, root)}: first line must be `# expect: ...`")
    return found


def expected(path: Path) -> str:
    """What a wrong answer's failure must say."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# expect:").strip() if "# expect:" in first else ""


# -- modules -------------------------------------------------------------------


def imported(tree: ast.Module) -> set[str]:
    """The full names of the modules that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def directions(root: Path) -> list[str]:
    """Dependencies point one way: tests, notebooks, toolkit, libraries."""
    found = []
    for path, _, tree in modules(root):
        here, slug = inside(path, root), path.relative_to(root / "chapters").parts[0]
        for name in sorted(imported(tree)):
            target = name.split(".")[1] if name.startswith("chapters.") else ""
            if name.split(".")[0] == "tests":
                found.append(f"{here} imports {name}: code never imports its tests")
            elif slug == "toolkit" and catalog.STEM.fullmatch(target):
                found.append(f"{here} imports {name}: the toolkit knows no chapter")
            elif is_lesson(path, root) and target == "toolkit":
                found.append(
                    f"{here} imports {name}: a lesson runs without the toolkit"
                )
            elif slug != "toolkit" and target > slug and target != "toolkit":
                found.append(f"{here} imports {name}: only earlier chapters are known")
    return found


def bare(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Arguments without a type."""
    known = function.args
    every = [*known.posonlyargs, *known.args, *known.kwonlyargs]
    every += [one for one in (known.vararg, known.kwarg) if one]
    names = [one.arg for one in every if one.annotation is None]
    return [name for name in names if name not in ("self", "cls")]


def style(root: Path) -> list[str]:
    """What fits a screen: lines a lesson, lines a function, types, docstrings."""
    found = []
    for path, text, tree in modules(root):
        here, lines = inside(path, root), len(text.splitlines())
        if path.stem in VAGUE:
            found.append(f"{here}: name the module after its duty")
        if is_lesson(path, root) and lines > LESSON_LINES:
            found.append(f"{here}: {lines} lines, at most {LESSON_LINES}: split it")
        about = rules.code_lines(ast.get_docstring(tree) or "")
        if text.strip() and not 1 <= len(about) <= DOCSTRING_LINES:
            found.append(f"{here}: say idea and use in a docstring of 1 to 3 lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found += [f"{here}:{node.lineno} {what}" for what in function(node)]
    return found


def function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """One function's findings."""
    about = ast.get_docstring(node, clean=False) or ""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    lines -= len(about.splitlines())
    if lines > FUNCTION_LINES:
        yield f"{node.name}: {lines} lines, at most {FUNCTION_LINES}: split it"
    if names := bare(node):
        yield f"{node.name}: annotate {', '.join(names)}"


# -- words ---------------------------------------------------------------------


def prose(root: Path) -> Iterator[Path]:
    """Every file that somebody wrote."""
    places = ("chapters", "notebooks", "tests", "assets", ".github", ".devcontainer")
    for place in places:
        yield from (root / place).rglob("*")
    yield from root.glob("*")


def words(root: Path) -> list[str]:
    """No filler names, no machine's paths, no hosts of a registry."""
    found = []
    for path in sorted(set(prose(root))):
        third = inside(path, root).startswith(("assets/docs", "assets/models"))
        skipped = "__pycache__" in path.parts or path == Path(__file__) or third
        if skipped or not path.is_file() or path.suffix not in TEXT:
            continue
        for number, line in enumerate(readable(path), start=1):
            for pattern, remedy in WORDS:
                if match := re.search(pattern, line):
                    place = f"{inside(path, root)}:{number}"
                    found.append(f"{place}: {match[0]!r}: {remedy}")
    return found


def readable(path: Path) -> list[str]:
    """A text file's lines; pictures inside notebooks left out."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line if len(line) < 2000 else "" for line in lines]


# -- assets --------------------------------------------------------------------


def shelved(root: Path) -> dict[str, Path]:
    """The files that need an entry in the manifest."""
    paths = [p for shelf in SHELVES for p in (root / "assets" / shelf).rglob("*")]
    kept = [p for p in sorted(paths) if p.is_file() and "__pycache__" not in p.parts]
    return {path.relative_to(root / "assets").as_posix(): path for path in kept}


def entry(name: str, path: Path) -> dict[str, str | int]:
    """What the manifest must say of a file."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return {"path": name, "sha256": digest, "size": len(content)}


def assets(root: Path) -> list[str]:
    """Every asset is in the manifest, as it is there, and in use."""
    manifest = root / "assets" / "MANIFEST.toml"
    try:
        text = manifest.read_text(encoding="utf-8")
        entries = tomllib.loads(text).get("file", [])
        listed = {one["path"].removeprefix("assets/"): one for one in entries}
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        return [f"assets/MANIFEST.toml: {error!r}: write [[file]] entries with path"]
    files = shelved(root)
    how = "see `python -m tests.repository.house manifest`"
    found = [
        f"assets/{n} is not in MANIFEST.toml: {how}" for n in files.keys() - listed
    ]
    for name, one in listed.items():
        if name not in files:
            found.append(f"assets/MANIFEST.toml: {name} does not exist: drop the entry")
            continue
        wanted = entry(name, files[name])
        for key in ("source", "licence"):
            if not one.get(key):
                found.append(f"assets/MANIFEST.toml: {name} has no {key}: find it out")
        if (one.get("sha256"), one.get("size")) != (wanted["sha256"], wanted["size"]):
            found.append(f"assets/{name} is not what MANIFEST.toml says: {how}")
    return sorted(found) + unused(root, files, text)


def unused(root: Path, files: dict[str, Path], manifest: str) -> list[str]:
    """Assets that nothing mentions by name; a model's folder is named as one."""
    places = ("chapters", "notebooks", "tests", "README.md", "assets/images")
    texts = [re.sub(r"^path.*$", "", manifest, flags=re.MULTILINE)]
    for place in places:
        top = root / place
        paths = top.rglob("*") if top.is_dir() else [top]
        texts += [
            path.read_text(encoding="utf-8")
            for path in paths
            if path.is_file() and path.suffix in (".py", ".ipynb", ".md", ".toml")
        ]
    every = "\n".join(texts)
    return [
        f"assets/{name} is used nowhere: use it, or delete it and its entry"
        for name, path in files.items()
        if spoken(name) not in every and path.stem not in ("LICENSE", "NOTICE")
    ]


def spoken(name: str) -> str:
    """The name by which an asset is used: a model's is its folder's."""
    shelf, *folders, last = name.split("/")
    return folders[0] if shelf == "models" and folders else last


# -- pages ---------------------------------------------------------------------


def readme(root: Path) -> list[str]:
    """The README's chapter table is what chapter.toml says."""
    path = root / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    block = re.search(r"<!-- chapters -->\n(.*?)\n?<!-- /chapters -->", text, re.DOTALL)
    if block is None:
        return ["README.md: no `<!-- chapters -->` ... `<!-- /chapters -->`: add them"]
    if block[1].strip() != catalog.readme_table(root):
        return [
            "README.md: the chapter table is not the catalog's: put the output of "
            "`python -m chapters.toolkit.catalog` between the markers"
        ]
    return []


def notebooks(root: Path) -> list[str]:
    """Every notebook's findings, and exemptions that nothing needs any more."""
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    found = [line for path in paths for line in rules.findings(path)]
    cells = {
        f"{path.stem}:{cell.get('id')}"
        for path in paths
        for cell in canon.read(path).cells
        if canon.IGNORED & set(cell.metadata.get("tags", []))
    }
    stale = sorted(set(rules.EXEMPT) - cells)
    return found + [
        f"chapters/toolkit/rules.py: EXEMPT names {name}, which needs no exemption: "
        "drop it"
        for name in stale
    ]


RULES = (
    *(names, exercises, directions, style),
    *(words, assets, readme, notebooks),
)


def main(arguments: list[str]) -> int:
    """All findings, or with `manifest` the entries that MANIFEST.toml should hold."""
    if arguments == ["manifest"]:
        for name, path in shelved(ROOT).items():
            one = entry(name, path)
            print(f'[[file]]\npath = "{name}"\nsource = ""\nlicence = ""')
            print(f'sha256 = "{one["sha256"]}"\nsize = {one["size"]}\n')
        return 0
    found = [line for rule in RULES for line in rule(ROOT)]
    print("\n".join(found) or "the house is in order")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
