"""Exercises that say what was asked, what came back, what was expected, and why.

Try: from chapters.toolkit import check; check("ch03.paging", app)
"""

import ast
import asyncio
import difflib
import html
import inspect
import json
import os
import pkgutil
import re
import sysconfig
import textwrap
import tomllib
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import FunctionType
from typing import Any

from filelock import FileLock
from starlette.testclient import TestClient

import chapters
from chapters.toolkit.show import GREEN, RED, emit, error_text, masked, span, table

ROOT = Path(__file__).resolve().parents[2]

# --- the register -------------------------------------------------------------

Test = Callable[..., Any]


@dataclass(frozen=True)
class Exercise:
    """One exercise: what it is called, what tests it, and how it helps."""

    id: str
    title: str
    hints: tuple[str, str, str]
    why: str
    test: Test

    @property
    def home(self) -> str:
        return f"{self.test.__module__}.{self.test.__qualname__}"


_register: dict[str, Exercise] = {}


def exercise(
    id: str, *, title: str, hints: Sequence[str], why: str
) -> Callable[[Test], Test]:
    """Register the function below as the check of exercise `id` ("ch03.paging")."""
    if not re.fullmatch(r"ch\d\d\.[a-z][a-z0-9_-]*", id):
        raise ValueError(f'{id!r} is no exercise id: write "ch03.paging"')
    if isinstance(hints, str) or len(hints) != 3 or not all(map(str.strip, hints)):
        raise ValueError(f"{id} needs exactly three hints: idea, tool, call")
    if not title.strip() or not why.strip():
        raise ValueError(f"{id} needs a title and a why")

    def add(test: Test) -> Test:
        one, two, three = hints
        new = Exercise(id, title, (one, two, three), why, test)
        old = _register.get(id, new)
        if old.home != new.home:
            raise ValueError(f"{id} is defined twice: {old.home} and {new.home}")
        room = re.match(r"chapters\.(ch\d\d)_", test.__module__)
        if room and not id.startswith(f"{room[1]}."):
            raise ValueError(f"{id} is defined in {room[1]}: {new.home}")
        _register[id] = new
        return test

    return add


def rooms() -> dict[str, str]:
    """The chapters: {"ch03": "ch03_rest_api", ...}."""
    names = sorted(m.name for m in pkgutil.iter_modules(chapters.__path__))
    return {name[:4]: name for name in names if re.match(r"ch\d\d_", name)}


def exercises(chapter: str) -> list[Exercise]:
    """The exercises of a chapter ("ch03"), in the order of its file."""
    if chapter not in rooms():
        known = ", ".join(rooms()) or "none yet"
        raise LookupError(f"there is no chapter {chapter}; there are: {known}")
    module = f"chapters.{rooms()[chapter]}.exercises"
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return []
    return [e for e in _register.values() if e.id.startswith(f"{chapter}.")]


def find(id: str) -> Exercise:
    """The exercise with this id; close ones are named when there is none."""
    if id not in _register:
        known = [e.id for e in exercises(id.partition(".")[0])]
        if id not in known:
            close = difflib.get_close_matches(id, known, n=3, cutoff=0.5) or known
            meant = f"Did you mean {' or '.join(close)}?" if close else "It has none."
            raise LookupError(f"there is no exercise {id} in this chapter. {meant}")
    return _register[id]


# --- check, hint, progress ----------------------------------------------------


@dataclass(frozen=True, repr=False)
class Result:
    """What a check found, in the learner's words."""

    id: str
    passed: bool
    message: str
    after: str = ""
    note: str = ""

    def __repr__(self) -> str:
        first = f"{'✓' if self.passed else '✗'} {self.id} · {self.message}"
        return "\n".join(line for line in (first, self.after, self.note) if line)

    def _repr_html_(self) -> str:
        mark, _, rest = repr(self).partition(" ")
        words = re.sub(
            r"`([^`\n]+)`", r"<code>\1</code>", html.escape(rest, quote=False)
        )
        sign = span(mark, GREEN if self.passed else RED)
        return f'<div style="white-space:pre-wrap">{sign} {words}</div>'


def check(id: str, *answers: Any) -> Result:
    """Check an answer: what was asked, what came back, what was expected, why."""
    task = find(id)
    started, failure = _failure(task, answers)
    passed = not failure
    note = _note(id, attempts=started, passed=passed, hints=started and not passed)
    if passed:
        return Result(id, True, task.title, task.why, note)
    if started:
        after = f'Hint 1 of 3: {task.hints[0]} (`hint("{id}")` for the next)'
    else:
        after = f'{task.title}. (`hint("{id}")` when you are stuck)'
    result = Result(id, False, failure, after, note)
    if os.environ.get("COURSE_STRICT") == "1":
        raise AssertionError(repr(result))
    return result


def hint(id: str, n: int | None = None) -> None:
    """The next hint of an exercise, or hint `n`."""
    task = find(id)
    if n is None:
        note = _note(id, hints=True, more=True)
        n = _hints_seen(id)
    elif n in (1, 2, 3):
        note = ""
    else:
        raise ValueError(f"{id} has three hints: 1, 2 and 3")
    last = f"(the last one; `make solution-{id[2:4]}` opens the solutions)"
    then = f'(`hint("{id}")` for the next)' if n < 3 else last
    text = f"Hint {n} of 3: {task.hints[n - 1]} {then}"
    emit(f"{text}\n{note}" if note else text)


def _hints_seen(id: str) -> int:
    seen: int = _glance()[0].get(id, {}).get("hints", 1)
    return min(max(seen, 1), 3)


def progress(chapter: str | int | None = None) -> None:
    """How far you are: every chapter, or every exercise of one."""
    done, note = _glance()
    if chapter is None:
        rows = [_chapter_row(short, done) for short in rooms()]
    else:
        number = re.search(r"\d+", str(chapter))
        room = f"ch{int(number[0]):02d}" if number else str(chapter)
        rows = [_exercise_row(task, done) for task in exercises(room)]
    table(rows)
    if note:
        emit(note)


def _chapter_row(short: str, done: "Book") -> dict[str, object]:
    folder = rooms()[short]
    try:
        tasks = exercises(short)
    except ImportError as error:
        return {"chapter": short, "title": folder[5:], "done": f"({error})"}
    marks = "".join("✓" if done.get(t.id, {}).get("passed") else "·" for t in tasks)
    passed = f"{marks.count('✓')} of {len(tasks)}"
    title = _title(folder)
    return {"chapter": short, "title": title, "done": passed, "exercises": marks}


def _exercise_row(task: Exercise, done: "Book") -> dict[str, object]:
    mine = done.get(task.id, {})
    return {
        "": "✓" if mine.get("passed") else "·",
        "exercise": task.id,
        "title": task.title,
        "tries": mine.get("attempts", 0),
        "hints": mine.get("hints", 0),
    }


def _title(folder: str) -> str:
    for home in chapters.__path__:
        path = Path(home) / folder / "chapter.toml"
        if path.is_file():
            return str(tomllib.loads(path.read_text("utf-8")).get("title", folder[5:]))
    return folder[5:].replace("_", " ")


# --- running a check ----------------------------------------------------------


def _failure(task: Exercise, answers: tuple[Any, ...]) -> tuple[bool, str]:
    """Whether the learner has begun, and what is wrong; empty if nothing is."""
    if any(answer is ... or answer is None or _is_stub(answer) for answer in answers):
        return False, "not yet: put your code in the place of `...`"
    try:
        outcome = task.test(*answers)
        if inspect.iscoroutine(outcome):
            _run(outcome)
    except NotImplementedError:
        return False, "not yet: put your code in the place of `NotImplementedError`"
    except (Exception, SystemExit) as error:
        return True, _explained(error)
    return True, ""


def _run(coroutine: Any) -> None:
    """Run it beside the notebook's own event loop, which is busy with this cell."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        threads.submit(asyncio.run, coroutine).result()


def _is_stub(answer: Any) -> bool:
    """A function or a class that says `...` and nothing else."""
    if not isinstance(answer, FunctionType | type):
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError):
        return False
    body = getattr(tree.body[0], "body", [])
    values = [node.value for node in body if isinstance(node, ast.Expr)]
    if not isinstance(body, list) or len(values) != len(body):
        return False
    constants = [value.value for value in values if isinstance(value, ast.Constant)]
    return len(constants) == len(body) and ... in constants


def _explained(
    error: BaseException, otherwise: str = "I could not use your answer:"
) -> str:
    """An error in the learner's words, with the line that raised it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = list(traceback.walk_tb(error.__traceback__))
    place = _place(error)
    if isinstance(error, AssertionError) and not (frames and _is_theirs(frames[-1][0])):
        return str(error) or "your answer is not what was asked for."
    said = " ".join(error_text(error, lines=3).split())
    if place:
        return f"your code raised {said} ({place})"
    return f"{otherwise} {said}"


def _place(error: BaseException) -> str:
    """`line 3 of your function f`: the last line of the learner's that ran."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if _is_theirs(frame):
            code = frame.f_code
            if code.co_name == "<module>":
                return f"line {line} of your cell"
            return (
                f"line {line - code.co_firstlineno + 1} of your function {code.co_name}"
            )
    return ""


def _is_theirs(frame: Any) -> bool:
    """Code that is neither the course's nor a library's is the learner's."""
    file = frame.f_code.co_filename
    libraries = (sysconfig.get_paths()[kind] for kind in _LIBRARIES)
    ours = [str(Path(__file__).parent), *chapters.__path__, *libraries]
    return not file.startswith(("<frozen", *(f"{home}{os.sep}" for home in ours)))


_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")


# --- asking the learner's app -------------------------------------------------


def short(value: object, limit: int = 120) -> str:
    """A value as a message quotes it: on one line, and not too long."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(masked(text).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


_ANYTHING: Any = object()
_EVERYDAY = {
    *("host", "accept", "accept-encoding", "connection", "user-agent"),
    *("content-length", "content-type", "transfer-encoding"),
}


class Client(TestClient):
    """Asks an app inside this process; `with Client(app) as client` runs its lifespan.

    What the app raises becomes the `500` that a visitor would see.
    """

    def __init__(self, app: Any, **settings: Any) -> None:
        if app is ...:
            raise NotImplementedError
        if not callable(app) or isinstance(app, type):
            raise AssertionError(
                f"I expected an app, such as `FastAPI()`, and got `{short(app)}`."
            )
        self._crash: Exception | None = None

        async def recorded(scope: Any, receive: Any, send: Any) -> None:
            try:
                await app(scope, receive, send)
            except Exception as error:
                self._crash = error
                raise

        super().__init__(recorded, raise_server_exceptions=False, **settings)

    def request(self, method: str, url: Any, **details: Any) -> Any:
        self._crash = None
        reply = super().request(method, url, **details)
        reply.extensions["crash"] = self._crash
        return reply

    def ask(
        self, method: str, path: str, status: int = 200, *, because: str, **details: Any
    ) -> Any:
        """Ask, expect the status, and give the reply."""
        reply = self.request(method, path, **details)
        self.expect(reply, status, because=because)
        return reply

    def expect(
        self,
        reply: Any,
        status: int | Sequence[int],
        *,
        because: str,
        json: object = _ANYTHING,
    ) -> None:
        """Fail, in whole sentences, unless the reply has this status (and JSON)."""
        allowed = [status] if isinstance(status, int) else list(status)
        reason = because.strip().rstrip(".") + "."
        if reply.status_code not in allowed:
            wanted = " or ".join(f"`{code}`" for code in allowed)
            raise AssertionError(f"{told(reply)}\nExpected {wanted}, because {reason}")
        if json is not _ANYTHING and _parsed(reply) != json:
            wanted = f"`{short(_json(json))}`"
            raise AssertionError(f"{told(reply)}\nExpected {wanted}, because {reason}")


def told(reply: Any) -> str:
    """One exchange in words: I asked `GET /x` and your app answered `200` with ..."""
    asked = (reply.history or [reply])[0].request
    return f"I asked {_asked(asked)} and your app answered {_answered(reply)}."


def _asked(request: Any) -> str:
    text = f"`{request.method} {request.url.raw_path.decode('ascii')}`"
    headers = [n for n in request.headers if n not in _EVERYDAY]
    said = [f"`{name}: {short(request.headers[name], 40)}`" for name in headers]
    body = _quoted(request)
    return " with ".join([text, " and ".join([*body, *said])]) if body or said else text


def _answered(reply: Any) -> str:
    text = f"`{reply.status_code}`"
    crash = reply.extensions.get("crash")
    if crash is not None:
        return f"{text}: {_explained(crash, 'your code raised')}"
    content = _quoted(reply)
    return f"{text} with {content[0]}" if content else f"{text} with an empty body"


def _quoted(message: Any) -> list[str]:
    kind = message.headers.get("content-type", "").partition(";")[0]
    if kind.startswith("multipart/"):
        return ["a form"]
    try:
        content = message.content
        text = content.decode()
    except UnicodeDecodeError:
        return [f"{len(content)} bytes of {kind or 'something'}"]
    except RuntimeError:
        return ["a stream"]
    if not text:
        return []
    data = _parsed(message) if kind.endswith("json") else None
    if isinstance(data, list) and len(text) > 120:
        return [f"a list of {len(data)}"]
    return [f"`{short(text if data is None else _json(data))}`"]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _parsed(message: Any) -> Any:
    try:
        return json.loads(message.content)
    except ValueError:
        return None


# --- the progress file --------------------------------------------------------

Book = dict[str, dict[str, Any]]
_BLANK: dict[str, Any] = {"attempts": 0, "passed": False, "hints": 0}


def progress_file() -> Path:
    """Where progress is kept: `work/progress.json`, or $COURSE_PROGRESS."""
    return Path(os.environ.get("COURSE_PROGRESS") or ROOT / "work" / "progress.json")


def _glance() -> tuple[Book, str]:
    """What is noted so far, or a sentence about why nothing can be read."""
    try:
        return _read()
    except OSError as error:
        return {}, f"(Progress cannot be read: {error.strerror}.)"


def _read() -> tuple[Book, str]:
    """What is noted so far; a damaged file is set aside, and that is said."""
    path = progress_file()
    try:
        book = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, ""
    except ValueError:
        return {}, _set_aside(path)
    return (book, "") if _is_book(book) else ({}, _set_aside(path))


def _is_book(book: object) -> bool:
    if not isinstance(book, dict):
        return False
    return all(
        isinstance(mine, dict)
        and all(isinstance(mine.get(key, 0), int) for key in _BLANK)
        for mine in book.values()
    )


def _set_aside(path: Path) -> str:
    kept = path.with_name(f"{path.name}.broken")
    count = 1
    while kept.exists():
        count += 1
        kept = path.with_name(f"{path.name}.broken-{count}")
    path.rename(kept)
    return (
        f"(The progress file was damaged: it is kept as {kept.name}; a new one begins.)"
    )


def _note(
    id: str,
    *,
    attempts: bool = False,
    passed: bool = False,
    hints: bool = False,
    more: bool = False,
) -> str:
    """Write down what happened; what stood in the way is returned as a sentence."""
    try:
        with _alone():
            book, note = _read()
            mine = _BLANK | book.get(id, {})
            mine["attempts"] += attempts
            mine["passed"] = mine["passed"] or passed
            if hints:
                mine["hints"] = (
                    min(3, mine["hints"] + 1) if more else max(1, mine["hints"])
                )
            _write(book | {id: mine})
    except OSError as error:
        return f"(Progress was not saved: {error.strerror}.)"
    return note


def _write(book: Book) -> None:
    path = progress_file()
    text = json.dumps(book, indent=2, sort_keys=True) + "\n"
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=".progress-", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.replace(file.name, path)
        finally:
            Path(file.name).unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One writer at a time: two notebooks may check at once."""
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        yield
