"""Notebooks run, compared, solved, linted and copied; each thing that can be wrong."""

import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output
from papermill.exceptions import PapermillExecutionError

from chapters.toolkit import canon, catalog, notebooks, rules
from chapters.toolkit.catalog import CatalogError
from tests.repository import madeup
from tests.repository.madeup import SLUG, change, code

BOOK = f"notebooks/{SLUG}.ipynb"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return madeup.house(tmp_path)


# -- the canonical form --------------------------------------------------------


def test_streams_are_joined_and_addresses_masked() -> None:
    parts = [madeup.text("http://127.0.0.1:8123/"), madeup.text("Overwriting x.py")]
    book = nbformat.v4.new_notebook(cells=[code("serve()", *parts)])
    output = canon.canonical(book).cells[0].outputs
    assert [one.text for one in output] == ["http://127.0.0.1:PORT/\nWrote x.py\n"]
    assert parts[0].text.endswith("8123/\n")


def test_only_alt_text_is_kept_of_metadata() -> None:
    data = {"image/png": "aGVyb24=", "application/json": ["localhost:80"]}
    metadata = {"image/png": {"alt": "Two herons", "width": 3}, "alt": "x", "y": {}}
    picture = new_output("display_data", data=data, metadata=metadata)
    book = nbformat.v4.new_notebook(cells=[code("draw()", picture)])
    book.cells[0].metadata.collapsed = True
    cell = canon.canonical(book).cells[0]
    assert cell.outputs[0].metadata == {"image/png": {"alt": "Two herons"}, "alt": "x"}
    assert not cell.metadata
    assert canon.shown(book)[0].text == "['localhost:PORT']"


def test_an_edited_cell_has_another_id_and_twins_differ() -> None:
    cells = [code("herons()"), code("herons()"), code("herons(2)")]
    names = [cell.id for cell in canon.canonical(madeup.notebook(*cells)).cells[4:7]]
    assert names[1] == f"{names[0]}-2"
    assert names[2][:8] != names[0][:8]


def test_ignored_cells_and_errors() -> None:
    error = new_output("error", ename="KeyError", evalue="'heron'", traceback=[])
    ignored = code("now()", madeup.text("12:00"))
    ignored.metadata.tags = ["nbval-ignore-output"]
    book = nbformat.v4.new_notebook(cells=[ignored, code("x", error)])
    assert [one.text for one in canon.shown(book)] == ["KeyError: 'heron'"]


# -- refresh -------------------------------------------------------------------


def picture(data: str, alt: str = "Herons") -> Any:
    return new_output(
        "display_data",
        data={"image/png": data, "text/plain": f"Picture: {alt}"},
        metadata={"image/png": {"alt": alt}},
    )


def test_refresh_twice_changes_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(root / BOOK, '"4"', '"5"')
    assert [one.verdict for one in notebooks.refresh(["1"], root=root)] == ["rewritten"]
    first = (root / BOOK).read_text(encoding="utf-8")
    assert [one.verdict for one in notebooks.refresh(root=root)] == ["unchanged"]
    assert (root / BOOK).read_text(encoding="utf-8") == first
    assert first == canon.text(madeup.notebook())
    assert "unchanged" in capsys.readouterr().out


def test_a_picture_in_git_stays_while_all_else_does() -> None:
    old = canon.canonical(madeup.notebook(code("draw()", picture("b2xk"))))
    new = canon.canonical(madeup.notebook(code("draw()", picture("bmV3"))))
    notebooks.keep_pictures(old, new)
    assert new.cells[4].outputs[0].data["image/png"] == "b2xk"
    new = canon.canonical(madeup.notebook(code("draw(2)", picture("bmV3"))))
    notebooks.keep_pictures(old, new)
    assert new.cells[4].outputs[0].data["image/png"] == "bmV3"


def test_refresh_says_which_cell_raised(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / BOOK).read_text(encoding="utf-8")
    change(root / BOOK, '"herons(2)"', '"herons(two)"')
    broken = (root / BOOK).read_text(encoding="utf-8")
    assert before != broken
    (report,) = notebooks.refresh(["1"], root=root)
    assert not report.ok
    assert "NameError: name 'two' is not defined" in capsys.readouterr().out
    assert (root / BOOK).read_text(encoding="utf-8") == broken


# -- run -----------------------------------------------------------------------


def test_a_run_that_shows_what_is_stored(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebooks.run("1", root=root) == 0
    assert "passed" in capsys.readouterr().out
    assert (root / "build" / "run" / f"{SLUG}.ipynb").is_file()


def test_a_stale_output_is_shown_with_source_expected_and_got(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(root / BOOK, '"4"', '"five"')

    def run(_: Path, target: Path, *__: object) -> None:
        madeup.write(target, canon.text(madeup.notebook()))

    monkeypatch.setattr(notebooks, "papermill_run", run)
    assert notebooks.run("1", root=root) == 1
    assert (
        f"{BOOK}, code cell 2\n"
        "  source    herons(2)\n"
        "  expected  five\n"
        "  got       4\n"
        "run it again: make chapter-01\n"
        "if the new output is right: make refresh CHAPTER=01\n"
    ) in capsys.readouterr().out


def test_a_cell_that_raises_is_shown(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object) -> None:
        raise PapermillExecutionError(3, 2, "herons(2)", "KeyError", "2", [])

    monkeypatch.setattr(notebooks, "papermill_run", run)
    with pytest.raises(notebooks.NotebookError) as caught:
        notebooks.run_one(SLUG, root)
    shown = "source    herons(2)\n  expected  4\n  got       KeyError: 2"
    assert shown in str(caught.value)


def test_parameters_are_put_in_and_nothing_is_compared(root: Path) -> None:
    ponds = code("ponds = 2")
    ponds.metadata.tags = ["parameters"]
    madeup.house(root, ponds, code("herons(ponds)", madeup.result("4")))
    report = notebooks.run_one(SLUG, root, {"ponds": 5})
    assert report.verdict == "ran, not compared"
    executed = canon.read(root / "build" / "run" / f"{SLUG}.ipynb")
    assert "10" in [one.text for one in canon.shown(executed)]


def test_outputs_that_differ_in_form_only() -> None:
    plain, html = {"text/plain": "4"}, {"text/plain": "4", "text/html": "<b>4</b>"}
    books = [
        nbformat.v4.new_notebook(
            cells=[code("x", new_output("execute_result", data=data))]
        )
        for data in (plain, html)
    ]
    with pytest.raises(notebooks.NotebookError, match="<b>4</b>"):
        notebooks.compare(SLUG, *books)


def test_the_services_of_a_chapter_are_up_while_it_runs(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []

    class Running:
        def __init__(self, *names: str) -> None:
            self.environment = {"REDIS_URL": "redis://somewhere"}
            log.extend(names)

        def __enter__(self) -> "Running":
            return self

        def __exit__(self, *error: object) -> None:
            log.append("stopped")

    module = SimpleNamespace(services=Running)
    monkeypatch.setitem(sys.modules, "chapters.toolkit.services", module)
    change(root / f"chapters/{SLUG}/chapter.toml", "needs = []", 'needs = ["redis"]')
    with notebooks.served(catalog.load(SLUG, root)):
        assert os.environ["REDIS_URL"] == "redis://somewhere"
    assert log == ["redis", "stopped"]
    assert os.environ.get("REDIS_URL") != "redis://somewhere"


def test_a_missing_notebook_is_one_line(root: Path) -> None:
    (root / BOOK).unlink()
    with pytest.raises(CatalogError, match=rf"^{BOOK} is missing$"):
        notebooks.run_one(SLUG, root)


# -- solve ---------------------------------------------------------------------


def solution(root: Path, name: str = "double") -> Path:
    return root / "tests" / "solutions" / SLUG / f"{name}.py"


def test_a_solution_that_fails_is_shown(root: Path) -> None:
    change(solution(root), "number * 2", "number * 5")
    with pytest.raises(notebooks.NotebookError) as caught:
        notebooks.solve_one(SLUG, root)
    assert 'source    print(check("ch01.double", double))' in str(caught.value)
    assert "I asked for 3 and got `15`." in str(caught.value)


def test_with_its_solutions_a_notebook_passes(root: Path) -> None:
    assert notebooks.solve_one(SLUG, root).verdict.endswith(" solved")


def test_an_exercise_needs_nothing_between_launch_and_itself(root: Path) -> None:
    between = new_markdown_cell("## Can one leave?"), code("raise SystemExit")
    madeup.rewrite(root, madeup.notebook(*between).cells)
    assert notebooks.solve_one(SLUG, root).ok, "it ran what it should have skipped"
    change(root / BOOK, "raise SystemExit", "many = 4")
    change(solution(root), "number * 2", "number * many // 2")
    with pytest.raises(notebooks.NotebookError, match="code cell 5") as caught:
        notebooks.solve_one(SLUG, root)
    assert "name 'many' is not defined" in str(caught.value)


def test_a_check_that_nobody_makes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(root / BOOK, 'print(check(\\"ch01.double\\", double))', "double(3)")
    monkeypatch.setattr(notebooks, "papermill_run", lambda *_: None)
    with pytest.raises(notebooks.NotebookError, match="is never confirmed"):
        notebooks.solve_one(SLUG, root)


def test_solutions_and_cells_must_agree(root: Path) -> None:
    solution(root).unlink()
    with pytest.raises(notebooks.NotebookError, match=r"disagree about ch01\.double"):
        notebooks.solved(catalog.load(SLUG, root))


def test_a_writing_cell_keeps_its_first_line() -> None:
    stub = "%%writefile ../work/pond.py\n..."
    assert notebooks.answer(stub, "x = 1\n") == "%%writefile ../work/pond.py\nx = 1"
    assert notebooks.answer("...", "x = 1\n") == "x = 1"


# -- many at once --------------------------------------------------------------


def told(slug: str, root: Path) -> notebooks.Report:
    """A job; at the module's level, so that another process can import it."""
    if slug == "crash":
        raise RuntimeError("a heron flew in")
    if slug == "wrong":
        raise notebooks.NotebookError("the third cell")
    return notebooks.Report(slug)


def test_one_failure_stops_no_other_job(tmp_path: Path) -> None:
    reports = notebooks.each(told, ["crash", "wrong", "fine"], 2, tmp_path)
    assert [one.failure for one in reports] == [
        "RuntimeError: a heron flew in",
        "the third cell",
        "",
    ]


# -- lint ----------------------------------------------------------------------


def cells(root: Path) -> list[Any]:
    return list(canon.read(root / BOOK).cells)


def ill(source: str, *outputs: Any, **metadata: Any) -> Callable[[Path], object]:
    """A harm: the launch cell says something else."""

    def harm(root: Path) -> None:
        made = cells(root)
        made[3] = code(source, *outputs)
        made[3].metadata.update(metadata)
        madeup.rewrite(root, made)

    return harm


def prose(text: str) -> Callable[[Path], object]:
    return lambda root: madeup.rewrite(root, [*cells(root), new_markdown_cell(text)])


def out_of_order(root: Path) -> None:
    made = cells(root)
    madeup.rewrite(root, [*made[:9], made[11], *made[9:11], *made[12:]])


def stripped(root: Path) -> None:
    made = cells(root)
    for cell in made:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    madeup.rewrite(root, made)


def many(root: Path) -> None:
    madeup.rewrite(root, [*cells(root), *(code("x = 1") for _ in range(40))])


ERROR = new_output("error", ename="KeyError", evalue="heron", traceback=[])
STDERR = new_output("stream", name="stderr", text="Warning: herons\n")
BARE = new_output("display_data", data={"image/png": "aGVyb24="})
CLEAN = "not one clean run from top to bottom: `make refresh CHAPTER=01`"
HARM: dict[str, tuple[Callable[[Path], object], str]] = {
    "run out of order": (out_of_order, CLEAN),
    "stripped": (stripped, "code cell 1 has count None (10 wrong counts)"),
    "21 lines": (ill("x = 1\n" * 21), "cell 4: 21 lines, at most 20: split it"),
    "80 columns": (ill("x = '" + "h" * 80 + "'"), "a line of 86 columns, at most 79"),
    "long cells": (
        lambda root: [ill("x = 1\n" * 7)(root), many_long(root)],
        "median of 7 code lines a cell, at most 6",
    ),
    "sleep": (ill("import time\ntime.sleep(1)"), "sleeps: wait for the event"),
    "shell": (ill("!ls"), "runs a shell command"),
    "magic": (ill("%timeit 1"), "uses a magic"),
    "a file outside work": (ill("%%writefile x.py\nx = 1"), "uses a magic"),
    "nbval comment": (ill("# NBVAL_SKIP\nx = 1"), "carries an nbval comment"),
    "syntax": (ill("x ="), "does not compile"),
    "error": (ill("x", ERROR), "stores an error: provoke it inside"),
    "stderr": (ill("x", STDERR), "writes to stderr"),
    "no alt": (ill("x", BARE), "a picture without alt text"),
    "unannounced": (
        ill("x", madeup.text("GET /x", "404 Not Found")),
        "shows 404: name it in the prose beside, or mend the request",
    ),
    "own folder": (ill("x", madeup.text("/ho" + "me/ann/x")), "shows '/ho" + "me/ann'"),
    "unknown tag": (ill("x", tags=["slow"]), "unknown tag 'slow': remove it"),
    "ignored": (ill("x", tags=["nbval-skip"]), "tag 'nbval-skip': make the output"),
    "121 words": (prose("heron " * 121), "121 words, at most 120"),
    "image": (prose("![](../assets/images/x.png)"), "an image without alt text"),
    "too many": (many, "50 code cells, at most 35: leave something out"),
    "little prose": (many, "50 code cells, 15 of prose: say what each shows"),
    "title": (lambda r: change(r / BOOK, "# Chapter 1 ·", "# "), "# Chapter N · Title"),
    "heading": (lambda r: change(r / BOOK, "## Break it", "## x"), "`## Break it`"),
    "no check": (
        lambda root: change(root / BOOK, 'check(\\"ch01.double\\"', "str("),
        'exercise ch01.double: the next code cell must say check("ch01.double", ...)',
    ),
    "solved": (
        lambda root: change(root / BOOK, "✗ ch01.double", "✓ ch01.double"),
        "exercise ch01.double: the stub passes or says nothing: ship it unsolved",
    ),
    "form": (
        lambda root: change(root / BOOK, '"nbformat": 4', '"nbformat":  4'),
        "not in the canonical form: `make refresh CHAPTER=01`",
    ),
    "no notebook": (
        lambda root: (root / BOOK).write_text("{", encoding="utf-8"),
        "not a notebook (NotJSONError): restore it",
    ),
}


def many_long(root: Path) -> None:
    madeup.rewrite(root, [*cells(root), *(code("x = 1\n" * 7) for _ in range(20))])


def test_a_notebook_in_order_has_no_findings(root: Path) -> None:
    assert notebooks.lint(root / BOOK) == []


@pytest.mark.parametrize("what", HARM)
def test_lint_notices(what: str, root: Path) -> None:
    harm, message = HARM[what]
    harm(root)
    found = notebooks.lint(root / BOOK)
    assert all(line.startswith(f"{BOOK}: ") for line in found)
    assert any(message in line for line in found), "\n".join(found)


def test_lint_notices_a_huge_notebook(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LARGEST", 1000)
    assert notebooks.lint(root / BOOK) == [
        f"{BOOK}: more than 1000 bytes: draw smaller pictures"
    ]


# -- a learner's copy ----------------------------------------------------------


def test_a_learners_copy_is_never_overwritten(root: Path) -> None:
    (mine,) = notebooks.copy_to_work(root=root)
    assert mine == root / "work" / f"{SLUG}.ipynb"
    mine.write_text("my own", encoding="utf-8")
    notebooks.copy_to_work("01", root)
    assert mine.read_text(encoding="utf-8") == "my own"


def test_reset_keeps_what_was_there(root: Path) -> None:
    (mine,) = notebooks.copy_to_work("01", root)
    for text in ("first", "second"):
        mine.write_text(text, encoding="utf-8")
        assert notebooks.reset("01", root) == mine
    original = (root / BOOK).read_text(encoding="utf-8")
    assert mine.read_text(encoding="utf-8") == original
    kept = [mine.with_name(f"{mine.name}{end}") for end in (".bak", ".bak2")]
    assert [path.read_text(encoding="utf-8") for path in kept] == ["first", "second"]


def test_reset_before_the_first_copy(root: Path) -> None:
    assert notebooks.reset("01", root).is_file()


# -- the command line ----------------------------------------------------------


def test_lint_from_the_command_line(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebooks.main(["lint", "--root", str(root)]) == 0
    change(root / BOOK, "## Break it", "## x")
    assert notebooks.main(["lint", "01", "--root", str(root)]) == 1
    assert "no heading `## Break it`" in capsys.readouterr().out


def test_solve_from_the_command_line_writes_its_reports(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / BOOK).unlink()
    file = root / "reports.json"
    arguments = ["notebooks", "solve", "1", "--root", str(root), "--json", str(file)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(Path(notebooks.__file__)), run_name="__main__")
    assert stopped.value.code is True
    assert f"{BOOK} is missing" in file.read_text(encoding="utf-8")
