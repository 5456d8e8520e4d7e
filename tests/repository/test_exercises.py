"""Every solution passes, and every wrong answer fails with its message.

That the stub fails is nbval's to prove, that the solution passes in the notebook too
papermill's.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chapters.toolkit import catalog
from tests.repository import house, madeup, rehearsal

ROOT = catalog.ROOT
EXERCISES = [
    (slug, name) for slug in catalog.slugs() for name in house.stubs(ROOT, slug)
]


def answers(pattern: str) -> list[tuple[str, str, Path]]:
    """Chapter, exercise and file of what was handed in; `{}` is the exercise."""
    return [
        (slug, name, path)
        for slug, name in EXERCISES
        for stem in [name[5:].replace("-", "_")]
        for path in sorted((ROOT / "tests/solutions" / slug).glob(pattern.format(stem)))
    ]


RIGHT = answers("{}.py") + answers("unusual/{}.*.py")
WRONG = answers("wrong/{}.*.py")


@pytest.fixture(autouse=True)
def strictly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unmeasured: None
) -> Iterator[None]:
    """As `make test` runs them: in a folder beside work/, and no progress of ours."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("COURSE_STRICT", "1")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    yield


@pytest.mark.parametrize(
    ("slug", "name", "path"), WRONG, ids=[f"{s}-{p.stem}" for s, _, p in WRONG]
)
def test_the_wrong_answer_is_told_what_is_wrong(
    slug: str, name: str, path: Path
) -> None:
    said = rehearsal.rehearse(
        catalog.load(slug), name, path.read_text(encoding="utf-8")
    )
    place = house.inside(path, ROOT)
    assert said, f"{place} passes: sharpen the check in chapters/{slug}/exercises.py"
    wanted = house.expected(path)
    assert wanted in said, f"{place} expects {wanted!r}, and the check said:\n{said}"
    assert "Traceback" not in said, f"{place} is told in our words, not in Python's"


@pytest.mark.parametrize(
    ("slug", "name", "path"), RIGHT, ids=[f"{s}-{p.stem}" for s, _, p in RIGHT]
)
def test_a_right_answer_passes(slug: str, name: str, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not rehearsal.rehearse(catalog.load(slug), name, source)


def test_a_written_cell_and_an_awaiting_cell_run(tmp_path: Path) -> None:
    names = rehearsal.above([madeup.code("import asyncio\nponds = 3\nx = ponds")])
    rehearsal.execute("await asyncio.sleep(0)\ny = ponds", names, "<cell>")
    assert names["y"] == 3
    assert "x" not in names
    rehearsal.execute("%%writefile ../work/pond.py\nx = 1", names, "<cell>")
    assert (tmp_path / "work" / "pond.py").read_text(encoding="utf-8") == "x = 1\n"
