"""Five exercises on Python: `check(...)` in the notebook runs what is written here."""

import asyncio
import inspect
import linecache
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any

from chapters.ch02_python.type_checker import check_types
from chapters.toolkit.checks import exercise

ORDER = ("reported", "reviewed", "confirmed", "published", "published")


@exercise(
    "ch02.next-status",
    title="What happens to a sighting next",
    hints=(
        "One value is compared with four known ones; anything else is a mistake.",
        "A `match` with one `case` for each status and a `case _` for the rest.",
        'The last lines: `case _:` and `raise ValueError(f"unknown: {status!r}")`.',
    ),
    why="A function that refuses what it does not know stops a typing error here, "
    "and not three services later.",
)
def check_next_status(next_status: Callable[[str], str]) -> None:
    for status, expected in pairwise(ORDER):
        got = next_status(status)
        assert got == expected, (
            f"I called `next_status({status!r})` and got `{got!r}`. Expected "
            f"`{expected!r}`, because the order is reported, reviewed, confirmed, "
            "published, and what is published stays where it is."
        )
    for unknown in ("lost", "Reported", ""):
        said = refusal(next_status, unknown)
        assert repr(unknown) in said, (
            f"Your `ValueError` for {unknown!r} says {said!r}. Expected the refused "
            "value in it as `{status!r}` shows it, because whoever reads the log "
            "wants to know what was wrong."
        )


def refusal(next_status: Callable[[str], str], unknown: str) -> str:
    """What the ValueError says that an unknown status must raise."""
    try:
        got = next_status(unknown)
    except ValueError as error:
        return str(error)
    except Exception as error:
        raise AssertionError(
            f"I called `next_status({unknown!r})` and it raised "
            f"`{type(error).__name__}`. Expected `ValueError`, because that is the "
            "error for a value of the right type that is still no good."
        ) from None
    raise AssertionError(
        f"I called `next_status({unknown!r})`, which is no status, and got `{got!r}`. "
        "Expected a `ValueError`, because a wrong status that passes quietly is "
        "found much later and by somebody else."
    )


class Archive:
    """Pages by number, as a service would give them; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.closed = 0

    def page(self, number: int) -> dict[str, Any]:
        assert len(self.asked) < 3, (
            f"Your function had asked for pages {self.asked} and then for page "
            f"{number}. Expected no more questions than pages, because each page's "
            "`next` says which comes after it, and the last one's is None."
        )
        self.asked.append(number)
        items = {1: ["heron", "otter"], 2: ["newt"], 3: ["wren", "crane"]}[number]
        return {"items": items, "next": number + 1 if number < 3 else None}

    def close(self) -> None:
        self.closed += 1


@exercise(
    "ch02.all-pages",
    title="All pages, one at a time",
    hints=(
        "Ask for page 2 only when someone wants an item that is on it.",
        "A generator function: `while` for the pages, `yield from` for the items, "
        "and `try` with `finally` around both.",
        'Inside: `page = archive.page(number)`, `yield from page["items"]`, '
        '`number = page["next"]`; and at the end `finally: archive.close()`.',
    ),
    why="The reader decides how far to read, and the connection is given back "
    "however the reading ends.",
)
def check_all_pages(all_pages: Callable[[Archive], Iterator[str]]) -> None:
    archive = Archive()
    got = list(all_pages(archive))
    assert got == ["heron", "otter", "newt", "wren", "crane"], (
        f"I read everything with `list(all_pages(archive))` and got {got}. Expected "
        "the five items of three pages in order, because the last page is the one "
        "whose `next` is None."
    )
    assert archive.closed == 1, (
        f"After the last item I counted {archive.closed} calls of `archive.close()`. "
        "Expected one, because an open connection is a leak."
    )
    read_one_item(all_pages)


def read_one_item(all_pages: Callable[[Archive], Iterator[str]]) -> None:
    archive = Archive()
    reader: Any = all_pages(archive)
    assert hasattr(reader, "close"), (
        f"`all_pages(archive)` gave a `{type(reader).__name__}` and had asked for "
        f"pages {archive.asked} before anyone took an item. Expected a generator, "
        "because who wants one item should not wait for a thousand pages."
    )
    first = next(reader)
    assert archive.asked == [1], (
        f"I took one item ({first!r}) and pages {archive.asked} had been asked for. "
        "Expected page 1 alone, because laziness is the point of a generator."
    )
    reader.close()
    assert archive.closed == 1, (
        "I stopped after one item with `reader.close()` and the archive was never "
        "closed. Expected it closed once, because a line after the last `yield` "
        "only runs for readers who read to the end."
    )


@exercise(
    "ch02.distance",
    title="A distance that behaves like a value",
    hints=(
        "Compare two distances in one unit, whatever units they were made with.",
        "`@total_ordering` needs `__eq__` and `__lt__`; a set needs `__hash__`; and "
        "`repr` should give back the text that made the object.",
        'Keep `self.metres = amount * {"m": 1, "km": 1000}[unit]`. In `__eq__` and '
        "`__lt__`: `if not isinstance(other, Distance): return NotImplemented`. And "
        "`__hash__` hashes the metres.",
    ),
    why="A value with equality, order, hash and repr works in `sorted`, in sets, as a "
    "key and in every error message.",
)
def check_distance(Distance: Callable[[int, str], Any]) -> None:
    one, thousand, far = Distance(1, "km"), Distance(1000, "m"), Distance(2, "km")
    same = one == thousand
    assert same is True, (
        f'I compared `Distance(1, "km") == Distance(1000, "m")` and got `{same}`. '
        "Expected True, because it is the same way to walk."
    )
    check_repr(Distance, far)
    check_order(one, thousand, far)
    check_strangers(one)
    check_hash(one, thousand)


def check_repr(Distance: Callable[[int, str], Any], far: Any) -> None:
    text = repr(far)
    try:
        back = eval(text, {"Distance": Distance})
    except Exception:
        back = text
    assert back == far, (
        'I asked for `repr(Distance(2, "km"))`, and running the text it gave makes no '
        "equal distance. Expected `Distance(2, 'km')`, because a repr that can be "
        "pasted back is the best clue in a log."
    )


def check_order(one: Any, thousand: Any, far: Any) -> None:
    try:
        order = [one < far, one <= thousand, far > one, far >= one, not far < one]
    except TypeError as error:
        raise AssertionError(
            f"I tried <, <=, > and >= and Python said: {error}. Expected all four to "
            "work, because who can compare two ways will try the other two."
        ) from None
    assert all(order), (
        'I compared `Distance(1, "km")` with `Distance(2, "km")` by <, <=, > and >= '
        f"and got {order}. Expected True each time, because units must not matter."
    )


def check_strangers(one: Any) -> None:
    for name in ("__eq__", "__lt__"):
        try:
            answer = getattr(one, name)("near")
        except Exception as error:
            answer = f"the error {type(error).__name__}"
        assert answer is NotImplemented, (
            f'I asked `Distance(1, "km").{name}("near")` and got `{answer}`. Expected '
            "`NotImplemented` as the answer, because then Python asks the other "
            "operand and raises the right error itself."
        )


def check_hash(one: Any, thousand: Any) -> None:
    assert getattr(one, "__hash__", None) is not None, (
        'I called `hash(Distance(1, "km"))` and Python said that it is unhashable. '
        "Expected a number, because a class that defines `__eq__` loses its hash "
        "until it defines `__hash__` too."
    )
    assert hash(one) == hash(thousand), (
        'Two equal distances, `Distance(1, "km")` and `Distance(1000, "m")`, have two '
        "hashes. Expected one, because a set looks by hash first and would keep both."
    )


@exercise(
    "ch02.callable-counter",
    title="A counter that is a function, typed strictly",
    hints=(
        "The object remembers two things: the test it was made with, and a number.",
        "`__init__` keeps both on `self`; `__call__` counts. The test's type is "
        "written with `Callable` from `collections.abc`.",
        "`def __init__(self, wanted: Callable[[str], bool]) -> None:` and "
        "`def __call__(self, species: str) -> int:`.",
    ),
    why="FastAPI calls your objects as it calls functions, and a typed signature is "
    "what it (and mypy) reads to do so.",
)
def check_counter(Counter: Any) -> None:
    herons = Counter(lambda species: "heron" in species)
    call = inspect.getattr_static(type(herons), "__call__", None)
    assert isinstance(call, FunctionType), (
        "I made a counter and found no method `__call__` of yours in its class. "
        "Expected one, because it is what Python runs for `herons(...)`."
    )
    one, two = (Counter(lambda species: True)("otter") for _ in range(2))
    assert one == two, (
        "I made two counters and called each once, and the second went on where the "
        "first had stopped. Expected 1 from both, because what is kept on the class "
        "is shared; what is kept on `self` is not."
    )
    got = [herons(name) for name in ("grey heron", "otter", "night heron")]
    assert got == [1, 1, 2], (
        "I made a counter of herons and called it with a grey heron, an otter and a "
        f"night heron: it answered {got}. Expected [1, 1, 2], because each call "
        "answers how many wanted ones there were so far."
    )
    check_strictly(linecache.getlines(call.__code__.co_filename))


def check_strictly(lines: list[str]) -> None:
    """mypy reads the learner's own lines, and one planted mistake below them."""
    text = "".join(lines).rstrip() + '\n\n\nCounter("heron")\n'
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "counter.py")
        path.write_text(text, encoding="utf-8")
        report = check_types(path).splitlines()
    errors = [line for line in report if ": error: " in line]
    planted = [line for line in errors if f":{text.count(chr(10))}:" in line]
    own = [line.split(": error: ")[1] for line in errors if line not in planted]
    assert not own, (
        f"I ran `mypy --strict` on your class and it said: {own[0]}. Expected no "
        "complaint, because FastAPI will read the same annotations."
    )
    assert planted, (
        'I added the line `Counter("heron")`, a text where a test belongs, and mypy '
        "did not mind. Expected a complaint, because `wanted` should be annotated as "
        "a `Callable` from str to bool, and not as anything at all."
    )


class Darkroom:
    """Four stations to ask, and films that can only be developed by blocking."""

    codes = ("HP1", "PR2", "SM3", "OW4")

    def __init__(self) -> None:
        self.together = asyncio.Barrier(len(self.codes))
        self.one_by_one = False
        self.on_the_loop = False

    async def ask(self, code: str) -> str:
        """Answers only when all four stations have been asked."""
        try:
            async with asyncio.timeout(0 if self.one_by_one else 1):
                await self.together.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            self.one_by_one = True
        return f"film of {code}"

    def develop(self, film: str) -> str:
        try:
            asyncio.get_running_loop()
            self.on_the_loop = True
        except RuntimeError:
            pass  # no loop here: a thread of its own, as it should be
        time.sleep(0.01)
        return film.replace("film", "photo")


Collect = Callable[..., Coroutine[Any, Any, list[str]]]


@exercise(
    "ch02.concurrent",
    title="Four stations at once, and nobody blocks",
    hints=(
        "Write a coroutine for one station first: ask, then develop.",
        "`asyncio.gather` (or a TaskGroup) runs it for all; `asyncio.to_thread` is for "
        "the step that blocks.",
        "In the inner coroutine: `film = await ask(code)`, then "
        "`return await asyncio.to_thread(develop, film)`.",
    ),
    why="The slowest station sets the time, and the loop stays free for others.",
)
def check_collect(collect: Collect) -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:  # a notebook's loop runs already
        room, got = pool.submit(asyncio.run, collected(collect)).result()
    assert not room.on_the_loop, (
        "I watched `develop`, and it ran on the event loop's own thread. Expected it "
        "in another one, because it blocks with `time.sleep`, and while it blocks "
        "no other request is served."
    )
    assert not room.one_by_one, (
        "I held back every answer until all four stations had been asked, and that "
        "never happened. Expected four questions on their way at once, because "
        "`await` in a loop waits for each before it asks the next."
    )
    expected = [f"photo of {code}" for code in room.codes]
    assert got == expected, (
        f"I collected {', '.join(room.codes)} and got {got}. Expected {expected}, "
        "because answers should come in the order of the questions."
    )


async def collected(collect: Collect) -> tuple[Darkroom, object]:
    room = Darkroom()
    return room, await collect(room.codes, room.ask, room.develop)
