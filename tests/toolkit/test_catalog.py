"""The catalog reads chapter.toml, and says in one line what is wrong with one."""

import runpy
from pathlib import Path

import pytest

from chapters.toolkit import catalog
from chapters.toolkit.catalog import CatalogError
from tests.repository import madeup

TOML = f"chapters/{madeup.SLUG}/chapter.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return madeup.house(tmp_path)


@pytest.mark.parametrize("name", ["1", "01", "ch01", "ch01_ponds", "ch01_ponds.ipynb"])
def test_every_way_to_name_a_chapter(name: str, root: Path) -> None:
    chapter = catalog.find(name, root)
    assert chapter.slug == "ch01_ponds"
    assert chapter.number == 1
    assert chapter.command == "make chapter-01"
    for place in ("folder", "notebook", "tests", "solutions"):
        assert getattr(chapter, place).exists()


@pytest.mark.parametrize("name", ["2", "ch1x", "", "ponds"])
def test_an_unknown_chapter_is_one_line_with_the_known_ones(
    name: str, root: Path
) -> None:
    with pytest.raises(CatalogError) as caught:
        catalog.find(name, root)
    assert str(caught.value) == f"there is no chapter {name!r}; there are: ch01_ponds"


def test_a_house_without_chapters(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="there are: none yet"):
        catalog.find("1", tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("read = 5", 'read = "5"', "`read` must be a int, not '5'"),
        ('level = "beginner"', 'level = "hard"', "`level` must be one of beginner"),
        ("needs = []", "need = []", "`needs` is missing; `need` is unknown"),
        ("needs = []", 'needs = ["oracle"]', "`needs` may name redis"),
        ("extras = []", 'extras = ["gpu"]', "`extras` may name ml"),
        ("do = 10", "do = ", "is not TOML"),
    ],
)
def test_a_bad_description_is_one_line(
    before: str, after: str, message: str, root: Path
) -> None:
    madeup.change(root / TOML, before, after)
    with pytest.raises(CatalogError) as caught:
        catalog.find("1", root)
    assert str(caught.value).startswith(TOML)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_description_names_its_fields(root: Path) -> None:
    (root / TOML).unlink()
    with pytest.raises(CatalogError, match="is missing: write title, promise"):
        catalog.chapters(root)


def test_the_table_has_a_row_a_chapter(root: Path) -> None:
    last = catalog.readme_table(root).splitlines()[-1]
    assert last.startswith("| 1 | Ponds | Count herons. | [notebook](notebooks/ch01")
    assert last.endswith("| 5 + 10 min | beginner | nothing |")


def test_the_module_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(Path(catalog.__file__)), run_name="__main__")
    assert capsys.readouterr().out.strip() == catalog.readme_table()
