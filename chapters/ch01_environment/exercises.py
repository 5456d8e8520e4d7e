"""The exercises of chapter 1, and what a reader of the answer would ask of it."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from chapters.toolkit import launch
from chapters.toolkit.checks import exercise

Report = Mapping[str, Any]


@contextmanager
def without_venv() -> Iterator[None]:
    """Let the running Python look as if no environment had been made."""
    real, sys.prefix = sys.prefix, sys.base_prefix
    try:
        yield
    finally:
        sys.prefix = real


def same(what: str, got: object, wanted: object, because: str) -> None:
    if got != wanted or type(got) is not type(wanted):
        raise AssertionError(f"{what} gave `{got!r}`. Expected `{wanted!r}`, {because}")


NUMBERS = "because three numbers compare right, and text does not."


@exercise(
    "ch01.report",
    title="Say where you are",
    hints=(
        "Which facts does a running Python know about itself, without any command?",
        "`sys` knows version and prefixes; `importlib.metadata` knows packages.",
        "`tuple(sys.version_info[:3])`, `sys.prefix != sys.base_prefix`, "
        '`metadata.version("fastapi")`.',
    ),
    why="A report that asks the running Python cannot be wrong about it.",
)
def report(env_report: Callable[[], object]) -> None:
    answer = env_report()
    if not isinstance(answer, Mapping):
        raise AssertionError(
            f"I called `env_report()` and got `{answer!r}`. Expected a dict of three "
            "facts, because a fact without a name must be guessed."
        )
    for key in ("python", "in_venv", "fastapi"):
        if key not in answer:
            raise AssertionError(
                f"Your report has {sorted(answer)}. Expected a key `{key}`, because "
                "whoever helps you will look for exactly these three facts."
            )
    asked = "I called `env_report()` and "
    version = tuple(sys.version_info[:3])
    same(f"{asked}`python`", answer["python"], version, NUMBERS)
    locked = metadata.version("fastapi")
    same(f"{asked}`fastapi`", answer["fastapi"], locked, "because that is installed.")
    because = "because the two prefixes differ in an environment and only there."
    same(f"{asked}`in_venv`", answer["in_venv"], sys.prefix != sys.base_prefix, because)
    with without_venv():
        outside = env_report()
    found = outside.get("in_venv") if isinstance(outside, Mapping) else outside
    same(f"{asked}`in_venv` outside an environment", found, False, because)


REQUIREMENTS = {
    "fastapi[standard]>=0.165": ("fastapi", ["standard"], ">=0.165"),
    "httpx": ("httpx", [], ""),
    "Uvicorn[standard] >=0.54 ; python_version >= '3.11'": (
        "uvicorn",
        ["standard"],
        ">=0.54",
    ),
    "SQLAlchemy[mypy,asyncio]~=2.1": ("sqlalchemy", ["asyncio", "mypy"], "~=2.1"),
    "Typing_Extensions==4.16.0": ("typing-extensions", [], "==4.16.0"),
}


@exercise(
    "ch01.requirement",
    title="Read a line of dependencies",
    hints=(
        "Is there somebody who must read such lines all day, and shares the code?",
        "The package `packaging` has the grammar; pip and uv follow the same one.",
        "`Requirement(line)` has `.name`, `.extras`, `.specifier`; "
        "`canonicalize_name` writes the name as an index does.",
    ),
    why="The grammar has corners (markers, several extras); packaging knows them all.",
)
def requirement(read: Callable[[str], tuple[str, list[str], str]]) -> None:
    reasons = (
        "because an index writes names in lower case, with `-` for `_`.",
        "because extras are a list, sorted so that two readers agree.",
        "because versions are what follows the name and its extras, up to a marker.",
    )
    for line, wanted in REQUIREMENTS.items():
        answer = read(line)
        if not isinstance(answer, tuple) or len(answer) != 3:
            raise AssertionError(
                f"I called `read({line!r})` and got `{answer!r}`. "
                "Expected a tuple of three: name, extras, versions."
            )
        parts = zip(
            ("name", "extras", "versions"), answer, wanted, reasons, strict=True
        )
        for part, got, want, because in parts:
            same(f"I called `read({line!r})`: the {part}", got, want, because)


ITEMS: dict[tuple[str, ...], dict[str, object]] = {
    (): {"method": "GET", "headers": {}, "query": {}, "json": None},
    ("habitat==marsh", "X-Observer:ada"): {
        "method": "GET",
        "headers": {"X-Observer": "ada"},
        "query": {"habitat": "marsh"},
        "json": None,
    },
    ("code=OW4", "altitude:=310", "dry==yes", "X-Observer:ada"): {
        "method": "POST",
        "headers": {"X-Observer": "ada"},
        "query": {"dry": "yes"},
        "json": {"code": "OW4", "altitude": 310},
    },
    ("tags:=[1, 2]", "note=seen at 7:30, wing=short", "open:=true"): {
        "method": "POST",
        "headers": {},
        "query": {},
        "json": {
            "tags": [1, 2],
            "note": "seen at 7:30, wing=short",
            "open": True,
        },
    },
}
MEANING = {
    "method": "because a request with a body is a POST, and one without a GET.",
    "headers": "because a single colon makes a header.",
    "query": "because `==` makes a part of the query.",
    "json": "because `=` makes text, `:=` makes JSON, and no field means no body.",
}


@exercise(
    "ch01.httpie-items",
    title="Build the request as HTTPie does",
    hints=(
        "Of the separators in an item, which one counts: the first or the last?",
        "A regular expression that tries the long separators before the short ones.",
        'Split with `re.split("(:=|==|=|:)", item, maxsplit=1)`, then `match` on the '
        "separator; `json.loads` reads what follows `:=`.",
    ),
    why="The leftmost separator counts, and at the same place the longer one.",
)
def httpie_items(build: Callable[[list[str]], dict[str, object]]) -> None:
    for items, wanted in ITEMS.items():
        answer = build(list(items))
        asked = f"I called `build({list(items)!r})`: "
        if not isinstance(answer, dict) or set(answer) != set(wanted):
            raise AssertionError(
                f"{asked}it returned `{answer!r}`. "
                f"Expected a dict with the keys {', '.join(wanted)}."
            )
        for key, want in wanted.items():
            same(f"{asked}`{key}`", answer[key], want, MEANING[key])


def posted(arrival: Report) -> object:
    kind = arrival["headers"].get("content-type", "nothing").partition(";")[0]
    if kind != "application/json":
        raise AssertionError(
            f"The app heard `POST /stations` with the content type `{kind}`. Expected "
            "`application/json`, because a form and a JSON body are read differently."
        )
    return json.loads(arrival["body"])


def judge(arrivals: list[Report]) -> None:
    heard = [f"{one['method']} {one['path']}" for one in arrivals]
    wanted = ["GET /stations", "POST /stations", "GET /echo"]
    if heard != wanted:
        raise AssertionError(
            f"The app heard {', '.join(heard) or 'nothing'}. Expected "
            f"{', '.join(wanted)}, because each shows another part of a request: "
            "the line, the body, the header."
        )
    station = {"code": "OW4", "name": "Old Wood", "habitat": "forest"}
    because = "because these are the fields that the station was to have."
    same("The body of `POST /stations`", posted(arrivals[1]), station, because)
    if arrivals[2]["headers"].get("x-observer") != "ada":
        raise AssertionError(
            "The app heard `GET /echo` without the header `X-Observer: ada`. Expected "
            "it, because a header says who asks without touching the URL."
        )


@exercise(
    "ch01.three-requests",
    title="Three requests, and the server is the witness",
    hints=(
        "Which client of this chapter speaks HTTP from Python?",
        "`httpx` has one function for each method; each takes the full URL.",
        'httpx.get(url + "/stations"), httpx.post(..., json={...}), '
        'httpx.get(..., headers={"X-Observer": "ada"}).',
    ),
    why="What counts is what arrived, not what was meant; the server wrote it down.",
)
def three_requests(send: Callable[[str], None]) -> None:
    target = "chapters.ch01_environment"
    with launch(target, name="ch01.three-requests") as server:
        send(server.url)
        judge(server.get("/arrivals").json())


def dependency(line: str) -> Requirement:
    try:
        return Requirement(line)
    except InvalidRequirement:
        raise AssertionError(
            f"I read the dependency `{line}` and it is no requirement. Expected a name "
            "and versions such as `httpie>=3.2`, because a single `=` compares nothing."
        ) from None


def project_table(text: str) -> Report:
    try:
        project: Report = tomllib.loads(text).get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise AssertionError(
            f"I read your text and it is no TOML: {error}. Expected a text that "
            "`tomllib.loads` accepts, because every installer starts with it."
        ) from None
    missing = sorted({"name", "version"} - set(project))
    if missing:
        raise AssertionError(
            f"The table `project` has no {' and no '.join(missing)}. Expected both "
            "`name` and `version`, because a package without them cannot be built."
        )
    return project


def check_version(version: str) -> None:
    try:
        Version(version)
    except InvalidVersion:
        raise AssertionError(
            f"Your `version` is `{version}`. Expected something like `0.1.0`, because "
            "an installer compares versions by their numbers."
        ) from None


def pythons(bounds: str) -> SpecifierSet:
    try:
        return SpecifierSet(bounds)
    except InvalidSpecifier:
        raise AssertionError(
            f"I read `requires-python` as `{bounds}` and it is no list of bounds. "
            "Expected something like `>=3.11`, because an installer refuses the rest."
        ) from None


def check_pythons(bounds: str) -> None:
    for version, welcome in {"3.10.8": False, "3.11.7": True, "3.13.1": True}.items():
        answer = Version(version) in pythons(bounds)
        if answer is not welcome:
            raise AssertionError(
                f"Your `requires-python` says {'yes' if answer else 'no'} to Python "
                f"{version}. Expected {'yes' if welcome else 'no'}, because FastAPI "
                "needs 3.11 and this course is tested up to 3.13."
            )


def check_dependencies(lines: object) -> None:
    if not isinstance(lines, list):
        raise AssertionError(
            f"I read `dependencies` as `{lines!r}`. Expected a list of texts, because "
            "each dependency is a line of its own."
        )
    found = [dependency(str(line)) for line in lines]
    wanted = {str(canonicalize_name(one.name)): one for one in found}
    if "standard" not in wanted.get("fastapi", Requirement("fastapi")).extras:
        raise AssertionError(
            "`fastapi` comes without the extra `standard`. Expected "
            "`fastapi[standard]`, because without it there is no server to run the app."
        )
    if "httpie" not in wanted or not wanted["httpie"].specifier:
        raise AssertionError(
            f"The dependencies are {', '.join(sorted(map(str, found)))}. Expected "
            "`httpie` too, with its versions, because mending a line is not leaving "
            "it out."
        )


@exercise(
    "ch01.fix-pyproject",
    title="Mend a pyproject.toml",
    hints=(
        "Which of the lines would stop an installer, and which only the app later?",
        "`tomllib` finds broken TOML, `packaging` broken dependencies; what neither "
        "finds is a Python that FastAPI no longer supports.",
        'requires-python = ">=3.11"; "fastapi[standard]>=0.165"; "httpie>=3.2"; '
        "and a version.",
    ),
    why="Name, version, Python and dependencies: an installer needs no more.",
)
def fix_pyproject(mended: object) -> None:
    if not isinstance(mended, str):
        raise NotImplementedError
    project = project_table(mended)
    check_version(str(project["version"]))
    check_pythons(str(project.get("requires-python", "")))
    check_dependencies(project.get("dependencies", []))
