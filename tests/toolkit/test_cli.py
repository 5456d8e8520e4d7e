"""The command line: from any Python to the verb, and every trouble as one line."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chapters.toolkit import (
    __main__,
    catalog,
    cli,
    doctor,
    environment,
    gates,
    notebooks,
    start,
)
from chapters.toolkit.environment import BASE, ROOT, Environment, Trouble
from chapters.toolkit.notebooks import NotebookError, Report

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def course(
    *arguments: str, python: str = sys.executable, **settings: str
) -> subprocess.CompletedProcess[str]:
    """The command line as a user starts it."""
    return subprocess.run(
        [python, "-m", "chapters.toolkit", *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The long verbs only note that they were called; all else is real."""
    calls: list[Any] = []

    def note(name: str, answer: Any) -> Any:
        def called(*arguments: Any) -> Any:
            calls.append((name, *arguments))
            return answer

        return called

    fine = Report("ch03_rest_api")
    monkeypatch.setattr(gates, "test", note("test", 0))
    monkeypatch.setattr(gates, "changed", note("changed", 1))
    monkeypatch.setattr(notebooks, "run", note("run", 0))
    monkeypatch.setattr(notebooks, "refresh", note("refresh", [fine]))
    monkeypatch.setattr(notebooks, "reset", note("reset", None))
    monkeypatch.setattr(notebooks, "copy_to_work", note("copy", None))
    for name in ("ensure", "ensure_lab", "ensure_ml", "ensure_latest"):
        monkeypatch.setattr(environment, name, note(name, BASE.python))
    monkeypatch.setenv("COURSE_ENVIRONMENT", "here")
    return calls


# -- before the environment ----------------------------------------------------


def test_a_wrong_python_is_told_which_one_to_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert __main__.main(["test"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("Python 3.11 to 3.13 is needed; this is 3.10 (")
    assert "Remedy: make PYTHON=python3.1" in said and said.count("\n") == 1


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_three_pythons_are_right(version: tuple[int, int]) -> None:
    assert __main__.wrong_python(version) is None


def test_another_python_goes_on_as_the_environment_s() -> None:
    outer = shutil.which("python3", path=str(Path(sys.base_prefix, "bin")))
    if outer is None or not BASE.ready():
        pytest.skip("this Python is not the one that the .venv was made from")
    done = course("solution", "99", python=outer, COURSE_ENVIRONMENT="")
    assert done.returncode == 2 and "There is no chapter '99'" in done.stderr


def test_what_the_environment_imports_is_compiled_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COURSE_ENVIRONMENT", "here")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert start.main(["test"]) == 0
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_the_outer_python_hands_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handed: list[Any] = []
    monkeypatch.setenv("COURSE_ENVIRONMENT", "")
    monkeypatch.setattr(os, "execv", lambda *words: handed.append(words))
    monkeypatch.setattr(start, "BASE", Environment(tmp_path, ".venv", "no.lock"))
    start.main(["test", "03"])
    python = str(BASE.python)
    assert handed == [(python, [python, "-m", "chapters.toolkit", "test", "03"])]


def test_inside_the_environment_nothing_is_handed_over(
    monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    monkeypatch.setenv("COURSE_ENVIRONMENT", "")
    folder = Path(sys.prefix)
    inside = Environment(folder.parent, folder.name, "requirements/course.lock")
    monkeypatch.setattr(start, "BASE", inside)
    assert start.main(["test", "03"]) == 0
    assert [call[0] for call in told] == ["ensure", "test"]


def test_the_doctor_comes_without_an_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: list[Any]
) -> None:
    monkeypatch.setattr(start, "BASE", Environment(tmp_path, ".venv", "no.lock"))
    monkeypatch.setattr(doctor, "main", lambda: 0)
    assert start.main(["doctor"]) == 0 and told == []


def test_ctrl_c_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "dispatch", interrupt)
    assert start.main(["test"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_clean_leaves_the_learner_s_work(tmp_path: Path) -> None:
    for name in (".venv", "build", "work"):
        (tmp_path / name).mkdir()
    (tmp_path / ".coverage").touch()
    assert start.clean(tmp_path) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_clean_is_a_verb(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "ROOT", tmp_path)
    assert start.main(["clean"]) == 0
    assert "your work/ is untouched" in capsys.readouterr().out


# -- the verbs -----------------------------------------------------------------


def verbs() -> list[str]:
    return re.findall(r"^([a-z]+)(?:-%)?:.*?## ", MAKEFILE, re.MULTILINE)


def test_every_make_verb_is_one_line_and_a_verb_here() -> None:
    rules = re.findall(r"^([a-z%-]+):(.*)\n\t(.*)\n(\t?)", MAKEFILE, re.MULTILINE)
    assert len(rules) == len(verbs()) > 15
    named = {command.name or command.callback.__name__ for command in commands()}
    for name, comment, command, more in rules:
        assert comment.startswith(" ## ") and not more, name
        verb = name.removesuffix("-%")
        assert command.startswith(f"@$(COURSE) {verb}"), name
        assert verb in named | {"help", "clean"}, name


def commands() -> list[Any]:
    return list(cli.app.registered_commands)


def test_make_alone_prints_every_verb() -> None:
    done = subprocess.run(
        ["make", "-s", f"PYTHON={sys.executable}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for verb in verbs():
        assert re.search(rf"^  {verb}(-NN)? ", done.stdout, re.MULTILINE), verb


def test_no_verb_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main([]) == start.main(["--help"]) == 0
    assert "make PYTHON" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "calls"),
    [
        (["test"], [("test", None)]),
        (["test", ""], [("test", None)]),
        (["test", "03"], [("test", "ch03_rest_api")]),
        (["chapter", "3"], [("run", "ch03_rest_api")]),
        (["reset", "03"], [("reset", "ch03_rest_api")]),
        (["setup"], [("ensure", BASE)]),
        (["setup", "all"], [("ensure", BASE), ("ensure_lab",), ("ensure_ml",)]),
    ],
)
def test_a_verb_does_its_job(
    arguments: list[str], calls: list[Any], told: list[Any]
) -> None:
    assert start.main(arguments) == 0
    assert told == calls


def test_refresh_takes_one_chapter_or_all(told: list[Any]) -> None:
    assert start.main(["refresh", "03"]) == start.main(["refresh"]) == 0
    assert [call[1] for call in told] == [["ch03_rest_api"], None]


def test_a_failed_run_is_a_failed_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Report("ch03_rest_api", verdict="failed", failure="cell 4")
    monkeypatch.setattr(notebooks, "run", lambda slug: 1)
    monkeypatch.setattr(notebooks, "refresh", lambda names, jobs: [bad])
    assert start.main(["chapter", "03"]) == start.main(["refresh"]) == 1


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every chapter needs the ml set, in the base environment."""
    found = catalog.find("03")
    one = type(found)(**{**vars(found), "extras": ("ml",)})
    monkeypatch.setattr(catalog, "find", lambda name: one)
    monkeypatch.setattr(catalog, "chapters", lambda: [one])


@pytest.mark.parametrize("verb", ["chapter 3", "test 3", "test", "changed", "refresh"])
def test_a_verb_adds_the_set_that_its_chapters_need(
    verb: str, told: list[Any], drawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_ENVIRONMENT")
    cli.run(verb.split())
    assert told[0] == ("ensure_ml",) and len(told) == 2


def test_a_chapter_without_models_adds_nothing(
    told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COURSE_ENVIRONMENT")
    cli.run(["test", "03"])
    assert told == [("test", "ch03_rest_api")]


def test_an_environment_of_one_s_own_is_told_what_it_lacks(
    told: list[Any], drawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "ML", ("json", "kingfisher", "wagtail"))
    with pytest.raises(Trouble, match="has no kingfisher and no wagtail"):
        cli.run(["chapter", "3"])
    monkeypatch.setattr(cli, "ML", ("json",))
    assert cli.run(["chapter", "3"]) == 0
    assert told == [("run", "ch03_rest_api")]


def test_the_lab_opens_the_learner_s_copies(
    monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    started: list[Any] = []

    def run(command: list[str], **settings: Any) -> Any:
        started.append(command[1:])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert start.main(["lab"]) == 0
    assert started == [["-m", "jupyterlab", "--ServerApp.root_dir=work"]]
    copied = {call[1] for call in told if call[0] == "copy"}
    present = {one.slug for one in catalog.chapters() if one.notebook.exists()}
    assert copied == present


def test_latest_runs_the_suite_on_the_newest_releases(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[Any] = []

    def run(command: list[str], **settings: Any) -> Any:
        started.append((command[1:], settings["env"]["COURSE_ENVIRONMENT"]))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(subprocess, "run", run)
    found = iter(["fastapi==0.165.0\ntorch==2.13.0\n", "fastapi==0.166.0\n"])
    monkeypatch.setattr(environment, "run", lambda *words: next(found))
    monkeypatch.setattr(environment, "uv", lambda target: "uv")
    assert start.main(["latest", "03"]) == 3
    suite = ["-m", "chapters.toolkit", "test", "ch03_rest_api"]
    assert started == [(suite, "latest")]
    table = capsys.readouterr().out
    assert "0.166.0" in table and "torch" not in table


def test_nothing_newer_is_said_too() -> None:
    assert cli.changes({"a": "1"}, {"a": "1"}).row_count == 1


def test_lock_says_what_it_rewrote(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lab.lock").write_text("same\n")
    locks = {"course.lock": "new\n", "lab.lock": "same\n"}
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(cli, "resolve", lambda root: locks)
    assert start.main(["lock"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith("course.lock: rewritten")
    assert said[1].endswith("lab.lock: unchanged")


def test_hint_is_for_the_first_open_exercise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from chapters.toolkit import checks

    book = tmp_path / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(book))
    tasks = [task.id for task in checks.exercises("ch03")]
    assert start.main(["hint", "03"]) == 0
    assert capsys.readouterr().out.startswith(f"{tasks[0]}\nHint 1 of 3")
    book.write_text(json.dumps({tasks[0]: {"passed": True}}))
    assert start.main(["hint", "03"]) == 0
    assert capsys.readouterr().out.startswith(tasks[1])
    book.write_text(json.dumps({task: {"passed": True} for task in tasks}))
    assert start.main(["hint", "03"]) == 0
    assert "Every exercise of chapter 03 is solved" in capsys.readouterr().out


def test_solution_and_progress_print(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.main(["solution", "03"]) == 0
    assert "ch03." in capsys.readouterr().out
    assert start.main(["progress"]) == 0
    assert "ch03" in capsys.readouterr().out


def test_doctor_picture_and_browser(
    monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    from chapters.toolkit import labpicture

    done: Any = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(labpicture, "main", lambda: 0)
    monkeypatch.setattr(doctor, "main", lambda: 0)
    monkeypatch.setattr(subprocess, "run", lambda *words, **settings: done)
    for verb in ("doctor", "picture", "browser"):
        assert start.main([verb]) == 0
    assert told == [("ensure_lab",)]


def test_models_are_rebuilt_one_by_one(
    monkeypatch: pytest.MonkeyPatch, told: list[Any]
) -> None:
    made: list[str] = []

    def run(command: list[str], **settings: Any) -> Any:
        assert command[1:3] == ["-m", "assets.models.make_models"]
        made.append(command[-1])
        return subprocess.CompletedProcess(command, 3 if made[2:] else 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert start.main(["models"]) == 0
    assert made == ["nanodet", "plates"] and told == [("ensure_ml",)]
    assert start.main(["models", "plates"]) == 3


# -- troubles ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["chapter", "99"], "There is no chapter '99'; there are: ch01_environment"),
        (["test", "99"], "There is no chapter '99'; there are: ch01_environment"),
        (["tset"], "No such command 'tset'."),
        (["chapter"], "Missing argument"),
        (["setup", "tools"], "There is no set 'tools'."),
        (["models", "yolo"], "There is no model 'yolo'."),
    ],
)
def test_a_trouble_is_one_line_with_its_remedy(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith(sentence) and " Remedy: " in said and said.count("\n") == 1


def test_a_notebook_that_cannot_run_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(slug: str) -> int:
        raise NotebookError("cell 4 says otherwise")

    monkeypatch.setattr(notebooks, "run", fail)
    assert start.main(["chapter", "03"]) == 1
    assert capsys.readouterr().err == "cell 4 says otherwise\n"


def test_a_bug_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(slug: str) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(notebooks, "run", fail)
    with pytest.raises(ZeroDivisionError):
        start.main(["chapter", "03"])


def test_each_verb_explains_itself() -> None:
    done = course("chapter", "--help", COURSE_ENVIRONMENT="here")
    assert done.returncode == 0 and "Run a chapter's notebook" in done.stdout
    assert Trouble("A.", "b.").args == ("A. Remedy: b.",)
