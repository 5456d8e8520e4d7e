"""README.md and CONTRIBUTING.md promise nothing that is not here."""

import re

import pytest

from chapters.toolkit import environment
from chapters.toolkit.environment import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PAGES = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING}


def section(title: str) -> str:
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def test_the_promise_is_three_lines_and_two_commands_follow() -> None:
    _, promise, commands, *_ = README.split("\n\n")
    assert len(promise.splitlines()) == 3
    typed = re.findall(r"^make \S+", commands, re.MULTILINE)
    assert typed == ["make chapter-03", "make test"]


@pytest.mark.parametrize("page", PAGES)
def test_every_make_verb_that_a_page_names_exists(page: str) -> None:
    known = set(re.findall(r"^([a-z]+(?:-%)?):", MAKEFILE, re.MULTILINE))
    named = re.findall(
        r"(?:`|^)make ((?!PYTHON)[a-z]+(?:-(?=\d\d|NN))?)", PAGES[page], re.M
    )
    wanted = {f"{verb}%" if verb.endswith("-") else verb for verb in named}
    assert wanted and wanted <= known, f"{page} names {wanted - known}"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_is_here(page: str) -> None:
    for picture, text, target in re.findall(r"(!?)\[(.*?)\]\((.*?)\)", PAGES[page]):
        if "://" not in target:
            assert (ROOT / target).exists(), f"{page}: {target} is missing"
        assert not picture or len(text) > 40, f"{page}: {target} needs an alt text"


@pytest.mark.parametrize("row", rows("Troubleshooting"), ids=lambda row: row[0][:30])
def test_every_trouble_is_provoked_by_the_test_it_names(row: list[str]) -> None:
    assert len(row) == 3, "what you see, what to do, which test"
    path, name = row[2].strip("`").split("::")
    tests = (ROOT / path).read_text("utf-8")
    assert f"def {name}(" in tests, f"README.md names {name}, which is not in {path}"


def test_every_message_that_the_troubleshooting_quotes_is_one_of_ours() -> None:
    sources = (ROOT / "chapters" / "toolkit").glob("*.py")
    ours = "\n".join(path.read_text("utf-8") for path in sources).lower()
    for row in rows("Troubleshooting"):
        for quoted in re.findall(r"`([^`]+)`", row[0]):
            known = re.split(r"'99'|\d\.\d|\.venv", quoted)[0].strip().lower()
            assert known in ours, f"README.md quotes {quoted!r}: nothing says that"


def test_the_readme_s_room_is_what_setup_asks_for() -> None:
    assert f"free {environment.ROOM // 1024**3} GB" in section("Troubleshooting")


def test_licences_are_named_and_here() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert "CC BY 4.0" in (ROOT / "LICENSE-CONTENT").read_text("utf-8")
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_contributing_is_one_page() -> None:
    assert len(CONTRIBUTING.split()) < 650


def test_what_the_pages_say_of_a_chapter_s_room_is_true() -> None:
    room = re.findall(r"^  (\w+\.\w+) ", CONTRIBUTING, re.MULTILINE)
    assert len(room) == 5
    for name in room:
        assert (ROOT / "chapters" / "ch03_rest_api" / name).exists(), name
