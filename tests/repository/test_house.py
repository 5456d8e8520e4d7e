"""This house keeps its rules, and each rule notices when it is broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chapters.toolkit import catalog
from chapters.toolkit.catalog import ROOT
from tests.repository import house, madeup
from tests.repository.madeup import SLUG, change, write

SLUGS = catalog.slugs()
FILLER = "".join(("f", "oo"))
Rule = Callable[[Path], list[str]]


def none_of(findings: list[str]) -> None:
    """One line a finding, and nothing of pytest's."""
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    return {rule.__name__: rule(ROOT) for rule in house.RULES}


@pytest.mark.parametrize("rule", [rule.__name__ for rule in house.RULES])
def test_the_house_keeps(rule: str, found: dict[str, list[str]]) -> None:
    lines = [line for line in found[rule] if not any(slug in line for slug in SLUGS)]
    none_of(lines)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("rule", [rule.__name__ for rule in house.RULES])
def test_the_chapter_keeps(rule: str, slug: str, found: dict[str, list[str]]) -> None:
    lines = [line for line in found[rule] if slug in line]
    none_of(lines)


# -- the rules notice ----------------------------------------------------------


def room(root: Path, file: str) -> Path:
    return root / "chapters" / SLUG / file


def answers(root: Path, file: str) -> Path:
    return root / "tests" / "solutions" / SLUG / file


def asset(root: Path) -> None:
    write(root / "assets" / "data" / "pond.csv", "pond\n")


def listed(root: Path, **differently: str | int) -> None:
    """A pond in the manifest, and in a page that uses it."""
    asset(root)
    path = root / "assets" / "data" / "pond.csv"
    one = house.entry("data/pond.csv", path) | {"source": "drawn", "licence": "MIT"}
    lines = [f"{k} = {v!r}" for k, v in (one | differently).items()]
    write(root / "assets" / "MANIFEST.toml", "[[file]]\n" + "\n".join(lines) + "\n")
    change(room(root, "app.py"), "Count herons.", "Count pond.csv.")


BROKEN: dict[str, tuple[Rule, Callable[[Path], object], str]] = {
    "a renamed notebook": (
        house.names,
        lambda root: (root / "notebooks" / f"{SLUG}.ipynb").rename(
            root / "notebooks" / "ch01_pond.ipynb"
        ),
        "notebooks/ch01_pond.ipynb belongs to no chapter: rename it",
    ),
    "an orphaned test": (
        house.names,
        lambda root: write(root / "tests/chapters/test_ch09_old.py", ""),
        "tests/chapters/test_ch09_old.py belongs to no chapter",
    ),
    "no module to run": (
        house.names,
        lambda root: room(root, "__main__.py").unlink(),
        f"chapters/{SLUG}/__main__.py is missing",
    ),
    "a chapter without its description": (
        house.names,
        lambda root: change(room(root, "chapter.toml"), 'level = "beginner"', ""),
        f"chapters/{SLUG}/chapter.toml: `level` is missing",
    ),
    "a hint removed": (
        house.exercises,
        lambda root: change(room(root, "exercises.py"), '"Which sign?", ', ""),
        "ch01.double has 2 hints: give it three",
    ),
    "an exercise without a cell": (
        house.exercises,
        lambda root: change(room(root, "exercises.py"), "ch01.double", "ch01.twice"),
        f"notebooks/{SLUG}.ipynb: no exercise ch01.twice",
    ),
    "no exercises at all": (
        house.exercises,
        lambda root: room(root, "exercises.py").write_text('"""None."""\n'),
        "0 exercises: a chapter has 4 to 6",
    ),
    "an exercise twice": (
        house.exercises,
        lambda root: change(
            root / "notebooks" / f"{SLUG}.ipynb", "ch01.triple", "ch01.double"
        ),
        "['ch01.double'] twice: rename one",
    ),
    "no solution": (
        house.exercises,
        lambda root: answers(root, "double.py").unlink(),
        f"tests/solutions/{SLUG}/double.py is missing",
    ),
    "one wrong answer": (
        house.exercises,
        lambda root: answers(root, "wrong/double.same.py").unlink(),
        "double.<mistake>.py: 1 wrong answers: ch01.double needs two",
    ),
    "a wrong answer without its message": (
        house.exercises,
        lambda root: answers(root, "wrong/double.same.py").write_text("double = 3\n"),
        "double.same.py: first line must be `# expect: ...`",
    ),
    "an answer to nothing": (
        house.exercises,
        lambda root: answers(root, "sixfold.py").write_text("sixfold = 6\n"),
        f"tests/solutions/{SLUG}/sixfold.py answers no exercise",
    ),
    "a lesson that needs the toolkit": (
        house.directions,
        lambda root: change(
            room(root, "app.py"),
            "\n\n\ndef",
            "\n\nfrom chapters.toolkit import show\n\ndef",
        ),
        "a lesson runs without the toolkit",
    ),
    "a toolkit that knows a chapter": (
        house.directions,
        lambda root: write(
            root / "chapters/toolkit/x.py", f"import chapters.{SLUG}.app\n"
        ),
        "the toolkit knows no chapter",
    ),
    "a lesson that needs a later one": (
        house.directions,
        lambda root: write(room(root, "later.py"), "from chapters.ch02_x import app\n"),
        "only earlier chapters are known",
    ),
    "code that needs its tests": (
        house.directions,
        lambda root: write(room(root, "odd.py"), "import tests.conftest\n"),
        "code never imports its tests",
    ),
    "a long lesson": (
        house.style,
        lambda root: write(room(root, "long.py"), '"""Long."""\n' + "\n" * 130),
        "131 lines, at most 120: split it",
    ),
    "a long function": (
        house.style,
        lambda root: write(
            room(root, "f.py"), '"""F."""\n\n\ndef f() -> None:\n' + "    f()\n" * 26
        ),
        "f.py:4 f: 27 lines, at most 25",
    ),
    "an argument without a type": (
        house.style,
        lambda root: write(room(root, "f.py"), '"""F."""\n\n\ndef f(x, *y): ...\n'),
        "f: annotate x, y",
    ),
    "a module that says nothing": (
        house.style,
        lambda root: write(room(root, "f.py"), "x = 3\n"),
        "say idea and use in a docstring",
    ),
    "a vague name": (
        house.style,
        lambda root: write(room(root, "helpers.py"), '"""Help."""\n'),
        "helpers.py: name the module after its duty",
    ),
    "a filler name": (
        house.words,
        lambda root: write(room(root, "f.py"), f'"""F."""\n\n{FILLER} = 3\n'),
        f"chapters/{SLUG}/f.py:3: '{FILLER}': name it after",
    ),
    "an asset that nothing lists": (
        house.assets,
        asset,
        "assets/data/pond.csv is not in MANIFEST.toml",
    ),
    "an unused asset": (
        house.assets,
        asset,
        "assets/data/pond.csv is used nowhere",
    ),
    "an asset that changed": (
        house.assets,
        lambda root: listed(root, sha256="0"),
        "assets/data/pond.csv is not what MANIFEST.toml says",
    ),
    "an asset from nowhere": (
        house.assets,
        lambda root: listed(root, source=""),
        "data/pond.csv has no source: find it out",
    ),
    "an asset that is gone": (
        house.assets,
        lambda root: [listed(root), (root / "assets/data/pond.csv").unlink()],
        "data/pond.csv does not exist: drop the entry",
    ),
    "a manifest that is none": (
        house.assets,
        lambda root: write(root / "assets" / "MANIFEST.toml", "[[file]\n"),
        "assets/MANIFEST.toml: TOMLDecodeError",
    ),
    "a table out of date": (
        house.readme,
        lambda root: change(room(root, "chapter.toml"), "Count herons", "Count otters"),
        "README.md: the chapter table is not the catalog's",
    ),
    "no table": (
        house.readme,
        lambda root: write(root / "README.md", "Herons.\n"),
        "README.md: no `<!-- chapters -->`",
    ),
    "a stale output": (
        house.notebooks,
        lambda root: change(
            root / "notebooks" / f"{SLUG}.ipynb",
            '"execution_count": 2',
            '"execution_count": 7',
        ),
        "not one clean run from top to bottom: `make refresh CHAPTER=01`",
    ),
}


def test_a_house_in_order_has_no_findings(tmp_path: Path) -> None:
    root = madeup.house(tmp_path)
    listed(root)
    found = [line for rule in house.RULES for line in rule(root)]
    none_of(found)


@pytest.mark.parametrize("what", BROKEN)
def test_the_rules_notice(what: str, tmp_path: Path) -> None:
    rule, harm, message = BROKEN[what]
    root = madeup.house(tmp_path)
    assert not rule(root)
    harm(root)
    found = rule(root)
    assert any(message in line for line in found), "\n".join(found)


def test_an_exemption_that_nothing_needs_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.rules.EXEMPT, f"{SLUG}:0", "it was slow once")
    found = house.notebooks(madeup.house(tmp_path))
    assert found == [
        "chapters/toolkit/rules.py: EXEMPT names ch01_ponds:0, which needs no "
        "exemption: drop it"
    ]
