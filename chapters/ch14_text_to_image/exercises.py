"""The exercises of chapter 14. Each check does what a queue, a pipe or a thief does."""

import random
import secrets
import sqlite3
from collections import UserDict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Timer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from chapters.toolkit.checks import Client, exercise, short

WEEK = 7 * 24 * 3600


@exercise(
    "ch14.percent",
    title="Progress that reaches 100 exactly once",
    hints=(
        "When is a plate done: after its last step, or when it can be fetched?",
        "Steps count from 0, `pipe.num_timesteps` says how many there are. Keep the "
        "last percentage that you told.",
        "`percent = min(99, 100 * (step + 1) // pipe.num_timesteps)`, tell it if it is "
        "larger than the last, and `return tensors`. `stored` tells 100 unless it was.",
    ),
    why="a page that sees 100 fetches the picture, once, and finds it.",
)
def percent(progress_class: Callable[..., Any]) -> None:
    # Where 100 is a multiple, as of 20, rounding up is the same as rounding down.
    for steps in (4, 7, random.randint(6, 40), 500):
        told: list[Any] = []
        progress = progress_class(told.append)
        through(progress, steps)
        expected = [min(99, 100 * (step + 1) // steps) for step in range(steps)]
        expected = [one for one in dict.fromkeys(expected) if one]
        as_told(told, expected, f"After {steps} steps")
        stored(progress, told, ", as for a message that came twice")
    told = []
    progress = progress_class(told.append)
    through(progress, 5)
    through(progress, 5)
    assert len(told) == len(set(told)), (
        f"A job came a second time, from step 0, and you told {short(told)}. "
        "Expected each once, because who watches sees it go forward."
    )
    told = []
    how = " and no step before, for the picture was there already"
    stored(progress_class(told.append), told, how)


def through(progress: Any, steps: int) -> None:
    """What a pipeline does with a callback."""
    pipe = SimpleNamespace(num_timesteps=steps)
    for step in range(steps):
        tensors = {"latents": secrets.token_hex(2)}
        given = dict(tensors)
        came = progress.on_step_end(pipe, step, 1000 - step, tensors)
        assert came == given, (
            f"`on_step_end` gave back `{short(came)}`. Expected the dictionary "
            "that it was given, because the pipeline goes on with what it returns."
        )


def as_told(told: list[Any], expected: list[int], when: str) -> None:
    assert 100 not in told, (
        f"{when}, and before `stored`, you told 100. Expected 99 at most, because the "
        "picture is drawn but nobody can fetch it yet."
    )
    assert all(type(one) is int for one in told), (
        f"{when} you told {short(told)}. Expected whole numbers: a column of percent."
    )
    assert len(told) == len(set(told)), (
        f"{when} you told {len(told)} numbers, and some of them twice. Expected each "
        "once, because each is a write to the database."
    )
    assert [one for one in told if one] == expected, (
        f"{when} you told {short(told)}. Expected {short(expected)}, rounded down: "
        "the first step that has ended is step 0, and each object counts for itself."
    )


def stored(progress: Any, told: list[Any], how: str) -> None:
    progress.stored()
    progress.stored()
    hundreds = told.count(100)
    assert hundreds == 1, (
        f"`stored` was called twice{how}, and 100 was told {hundreds} times. "
        "Expected once, because each 100 starts a fetch."
    )


Rows = dict[str, dict[str, Any]]


@exercise(
    "ch14.idempotent",
    title="A job that may come twice",
    hints=(
        "What does the row know that a message does not?",
        "Look at `state` before you paint, name the object after the id, and write "
        '"done" as the last thing. `try` around the painting only.',
        'In `except Exception as error`: `row["attempts"] += 1`; at 3 set "failed" and '
        '`str(error)` and return, before that set "queued" and `raise`.',
    ),
    why="queues deliver at least once, so that twice must be as good as once.",
)
def idempotent(draw: Callable[..., Any]) -> None:
    for state in ("done", "cancelled", "failed"):
        ended(draw, state)
    delivered_unknown(draw)
    for _ in range(2):  # two plates, so that a name is nobody's own
        job = Job()
        job.deliver(draw)
        job.deliver(draw)
        assert job.painted == [job.prompt], (
            f"I delivered one message twice and `paint` was called with "
            f"{short(job.painted)}. Expected once, with the row's prompt, because "
            "the second time it was done."
        )
        job.is_done("I delivered a plate that was queued")
    same_object(draw)
    poisoned(draw, 0)
    poisoned(draw, 2)
    better_later(draw)


class Shelf(UserDict[str, bytes]):
    """A storage that looks, at each picture, what the row says meanwhile."""

    def __init__(self, job: "Job") -> None:
        super().__init__()
        self.job = job

    def __setitem__(self, name: str, content: bytes) -> None:
        assert self.job.row["state"] != "done", (
            'The row said "done" before the picture was in the storage. Expected that '
            "last, because whoever reads it asks for the picture."
        )
        super().__setitem__(name, content)


class Poison(Exception):
    """What a model raises that does not like its prompt."""


class Job:
    """One row, what is painted for it, and the storage."""

    def __init__(self, state: str = "queued", attempts: int = 0) -> None:
        self.id = f"p{random.randint(2, 999)}"
        self.prompt = f"boat {secrets.token_hex(2)}"
        row = {"prompt": self.prompt, "state": state, "attempts": attempts}
        self.rows: Rows = {self.id: {**row, "reason": None}}
        self.painted: list[str] = []
        self.poison = False
        self.shelf = Shelf(self)

    @property
    def row(self) -> dict[str, Any]:
        return self.rows[self.id]

    def deliver(self, draw: Callable[..., Any]) -> None:
        draw(self.id, self.rows, self.paint, self.shelf)

    def paint(self, prompt: str) -> bytes:
        assert self.row["state"] != "done", (
            'The row said "done" while `paint` ran. Expected that last, because '
            "whoever reads it asks for the picture."
        )
        self.painted.append(prompt)
        if self.poison:
            raise Poison("I cannot paint poison")
        return prompt.encode()

    def is_done(self, after: str) -> None:
        name = f"{self.id}.png"
        assert self.shelf == {name: self.prompt.encode()}, (
            f"{after}, and the storage has {short(dict(self.shelf))}. Expected one "
            f"object, `{name}`, just drawn: one name for one job, so that the second "
            "attempt replaces what the first has left."
        )
        assert self.row["state"] == "done", (
            f'{after}, and it is "{self.row["state"]}" now. Expected "done", for '
            "nobody else draws it."
        )


def ended(draw: Callable[..., Any], state: str) -> None:
    job = Job(state)
    before = dict(job.row)
    job.deliver(draw)
    assert not job.painted, (
        f'I delivered a plate that is "{state}" and you painted it. Expected '
        "nothing, because a message may come again when all is over."
    )
    assert job.row == before, (
        f'I delivered a plate that is "{state}" and its row became `{short(job.row)}`. '
        "Expected no change, because what has ended stays as it ended."
    )


def delivered_unknown(draw: Callable[..., Any]) -> None:
    job, gone = Job(), Job()
    gone.rows.clear()
    try:
        draw(gone.id, gone.rows, job.paint, job.shelf)
    except KeyError:
        raise AssertionError(
            "I delivered the id of a plate that was deleted and got a `KeyError`. "
            "Expected nothing to happen, because there is nothing to draw."
        ) from None
    assert not (gone.rows or job.painted or job.shelf), (
        "I delivered the id of a plate that was deleted, and you painted it, or made "
        "a row for it. Expected nothing, because nobody wants it any more."
    )


def same_object(draw: Callable[..., Any]) -> None:
    """A worker died between storing the picture and saying so."""
    job = Job("running", 1)
    job.shelf[f"{job.id}.png"] = b"half a boat"
    job.deliver(draw)
    job.is_done('I delivered a plate that was "running" when its worker died')


def better_later(draw: Callable[..., Any]) -> None:
    job = Job()
    job.poison = True
    fails(draw, job)
    job.poison = False
    job.deliver(draw)
    job.is_done("`paint` failed at the first attempt and worked at the second")


def fails(draw: Callable[..., Any], job: Job) -> bool:
    """Whether the error went on to the queue."""
    try:
        job.deliver(draw)
    except Poison:
        return True
    return False


def poisoned(draw: Callable[..., Any], before: int) -> None:
    job = Job(attempts=before)
    job.poison = True
    for attempt in range(before + 1, 4):
        raised = fails(draw, job)
        counted(job.row, attempt, raised)
        assert len(job.painted) == attempt - before, (
            f"I delivered a plate {attempt - before} time(s) and `paint` was called "
            f"{len(job.painted)} times. Expected once each time: the queue tries again."
        )
    reason, objects = job.row["reason"], dict(job.shelf)
    assert isinstance(reason, str) and "I cannot paint poison" in reason, (
        f"The failed row's reason is `{reason!r}`. Expected what `paint` said, as "
        "text, because somebody will ask why."
    )
    assert not objects, (
        f"`paint` failed and the storage has {short(objects)}. Expected nothing there."
    )


def counted(row: dict[str, Any], attempt: int, raised: bool) -> None:
    ended = attempt == 3
    state = "failed" if ended else "queued"
    assert (row["attempts"], row["state"]) == (attempt, state), (
        f"`paint` failed, the row had {attempt - 1} attempt(s), and now it says "
        f"`{row['state']}` after {row['attempts']}. Expected `{state}` after "
        f"{attempt}, because three are enough, and fewer are too few."
    )
    assert raised is not ended, (
        f"At attempt {attempt} your function "
        f"{'raised' if raised else 'raised nothing'}. Expected the error for the "
        "queue at the first two, so that it tries again, and none at the third."
    )


@exercise(
    "ch14.link",
    title="A link that opens one picture for a while",
    hints=(
        "What could a visitor change in the URL, and what would then no longer fit?",
        "`hmac.new(key, text.encode(), 'sha256').hexdigest()` over all that "
        "must not be "
        "changed; `parse_qs(urlsplit(url).query)` to read it; `compare_digest`.",
        "Sign `f'{path}?expires={now + seconds}'`. To open: take the signature "
        "off, sign "
        "what is left again, compare, and then `now < int(expires)`.",
    ),
    why="the storage asks nobody who a visitor is: the link itself is the permission.",
)
def link(sign: Callable[..., str], opens: Callable[..., bool]) -> None:
    key = secrets.token_bytes(16)
    start, name = random.randint(10**9, 2 * 10**9), f"{secrets.token_hex(3)}.png"
    url = sign(f"/plates/{name}", 60, key, start)
    well_made(url, f"/plates/{name}", start + 60)
    for later, expected in ((0, True), (59, True), (60, False), (3600, False)):
        came = opens(url, key, start + later)
        assert came is expected, (
            f"A link for 60 seconds, asked after {later}: `opens` gave `{came}`. "
            f"Expected `{expected}`, because it lives as long as it says."
        )
    for what, wrong in forgeries(url, name, start).items():
        refuses(opens, what, wrong, key, start + 1)
    later_twice = f"{url}&expires={start + 9999}"
    refuses(
        opens, "an ended link with a second `expires`", later_twice, key, start + 99
    )
    refuses(
        opens, "a link signed with another key", url, secrets.token_bytes(16), start
    )
    short_name = sign("/plates/12", 60, key, start)
    moved = short_name.replace("/12?", "/1?").replace("expires=", "expires=2")
    what = "the link to `/plates/12` with its 2 moved from the name to the time"
    refuses(opens, what, moved, key, start + 1)
    keeps_to_a_week(sign, key, start)


def well_made(url: str, path: str, ends: int) -> None:
    parts = urlsplit(url)
    assert parts.path == path, (
        f"`sign` gave `{short(url)}`. Expected the path that I asked for, and a query."
    )
    expires = parse_qs(parts.query).get("expires", [])
    assert expires == [str(ends)], (
        f"`sign` gave a query with `expires` {short(expires)}. Expected `{ends}`, "
        "which is `now + seconds`: that is when it ends."
    )


def refuses(
    opens: Callable[..., bool], what: str, url: str, key: bytes, now: int
) -> None:
    try:
        came = opens(url, key, now)
    except Exception as error:
        raise AssertionError(
            f"I opened {what}, and `opens` raised `{type(error).__name__}`. "
            "Expected `False`, because anybody may type anything."
        ) from None
    assert not came, (
        f"I opened {what} and it was let in. Expected `False`, because the "
        "signature was made for another URL, time or key."
    )
    assert came is False, (
        f"I opened {what} and `opens` gave `{came!r}`. Expected `False`, as promised."
    )


def forgeries(url: str, name: str, start: int) -> dict[str, str]:
    path = url.partition("?")[0]
    return {
        "the link with another picture's name": url.replace(name, "other.png"),
        "the link with another folder's name": url.replace("/plates/", "/drafts/"),
        "the link with a longer life": url.replace(str(start + 60), str(start + 9999)),
        "the link with a letter more": f"{url}\u00fc",
        "the bare path": path,
        "nothing at all": "",
        "a path with nonsense behind it": f"{path}?expires=soon&x=%FF",
        **dict(forged_fields(url)),
    }


def forged_fields(url: str) -> Iterator[tuple[str, str]]:
    path, _, query = url.partition("?")
    fields = dict(parse_qsl(query))
    signed = {name: text for name, text in fields.items() if name != "expires"}
    other = {k: ("1" if v[0] == "0" else "0") + v[1:] for k, v in signed.items()}
    half = {name: text[: len(text) // 2] for name, text in signed.items()}
    for how, change in {
        "another signature": other,
        "an empty signature": dict.fromkeys(signed, ""),
        "half of its signature": half,
        "a signature of other letters": dict.fromkeys(signed, "\u00fc"),
        "an end that is no number": {"expires": "soon"},
    }.items():
        yield f"the link with {how}", f"{path}?{urlencode(fields | change)}"


def keeps_to_a_week(sign: Callable[..., str], key: bytes, start: int) -> None:
    for seconds, fits in ((1, 1), (WEEK, 1), (WEEK + 1, 0), (0, 0), (-5, 0)):
        try:
            came = sign("/plates/a.png", seconds, key, start)
        except ValueError:
            came = ""
        assert bool(came) is bool(fits), (
            f"I asked for a link of {seconds} seconds and got "
            f"{f'`{short(came)}`' if came else 'a `ValueError`'}. Expected "
            f"{'a link' if fits else 'a `ValueError`'}: from a second to a week, "
            "as S3 has it."
        )


TABLES = """
CREATE TABLE plates (id INTEGER PRIMARY KEY, prompt TEXT, state TEXT);
CREATE TABLE outgoing (plate_id INTEGER PRIMARY KEY);
"""


class Enough(BaseException):
    """Ends a loop that would ask the queue for ever, whatever it catches."""


class Broker:
    """A queue that looks, at each message, what another process would see."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path, self.left = path, 999  # messages that it takes before it is away
        self.got: list[int] = []
        self.asked = self.commits = 0
        self.complaint = ""
        database.set_trace_callback(self.trace)

    def trace(self, statement: str) -> None:
        self.commits += statement.strip().upper().startswith("COMMIT")

    def look(self, question: str, *values: Any) -> list[Any]:
        """As another process sees it: committed, or not there."""
        with closing(sqlite3.connect(self.path)) as other:
            return other.execute(question, values).fetchall()

    @property
    def waiting(self) -> list[int]:
        rows = self.look("SELECT plate_id FROM outgoing ORDER BY plate_id")
        return [one for (one,) in rows]

    def send(self, message: Any) -> None:
        self.asked += 1
        # Kept as well as raised, for the answer may catch more than it should.
        self.complaint = self.complaint or self.wrong_with(message)
        if self.complaint:
            raise Enough
        if self.left == 0:
            raise ConnectionError("the broker is away")
        self.left -= 1
        self.got.append(message)

    def wrong_with(self, message: Any) -> str:
        if type(message) is not int:
            return (
                f"`send` got `{short(message)}`. Expected the id and nothing else, "
                "because the row has the rest, and it is the one that is true."
            )
        if not self.look("SELECT 1 FROM plates WHERE id=?", message):
            return (
                "When `send` was called, another process could not see the plate. "
                "Expected the commit first, because a worker is faster than you think."
            )
        if message not in self.waiting:
            return (
                "When `send` was called, the message was not in `outgoing`. Expected "
                "it there until it is sent, because `send` may fail, or you may be "
                "killed."
            )
        if self.asked > 20:
            return (
                "The queue was away and you asked it 20 times. Expected once: "
                "somebody waits for your answer, and the message waits in `outgoing`."
            )
        return ""


@contextmanager
def office() -> Iterator[tuple[sqlite3.Connection, Broker]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "studio.db")
        with closing(sqlite3.connect(path)) as database:
            database.executescript(TABLES)
            old = random.randint(20, 90)  # ids do not begin at 1, nor count the rows
            database.execute("INSERT INTO plates VALUES (?, 'old', 'done')", (old,))
            database.commit()
            broker = Broker(path, database)
            try:
                yield database, broker
            except Enough:
                raise AssertionError(broker.complaint) from None


@exercise(
    "ch14.outbox",
    title="An order that no outage loses",
    hints=(
        "What must be true in the database at the moment in which `send` fails?",
        "`with database:` is one transaction: both INSERTs in it, `send` after it, and "
        "the DELETE in a second one.",
        "`cursor.lastrowid` is the id. In `relay`: `try: send(one)` / `except "
        "ConnectionError: break`, then delete that one and commit.",
    ),
    why="who commits first and has an outbox loses no order, and sends none twice "
    "without need.",
)
def outbox(place_order: Callable[..., Any], relay: Callable[..., Any]) -> None:
    with office() as (database, broker):
        first = place_order(database, "a red boat", broker.send)
        assert broker.got == [first], (
            f"I ordered a plate, `place_order` gave `{short(first)}`, and the queue "
            f"got {broker.got}. Expected its id in both."
        )
        stored = broker.look("SELECT prompt, state FROM plates WHERE id=?", first)
        assert stored == [("a red boat", "queued")], (
            f'I ordered "a red boat" and its row has {short(stored)}. Expected the '
            'prompt, and "queued": all that a worker gets is the id.'
        )
        assert not broker.waiting, (
            "The message was sent and still stands in `outgoing`, as another process "
            "sees it. Expected it gone, because otherwise it is sent for ever."
        )
    with office() as (database, broker):
        ids = away(place_order, database, broker)
        relayed(relay, database, broker, ids)
        emptied(relay, database, broker, ids)
    with office() as (database, broker):
        ids = away(place_order, database, broker)
        overtaken(place_order, relay, database, broker, ids)


def away(
    place_order: Callable[..., Any], database: sqlite3.Connection, broker: Broker
) -> list[int]:
    broker.left, broker.commits = 0, 0
    try:
        ids = [place_order(database, f"boat {n}", broker.send) for n in range(4)]
    except ConnectionError:
        raise AssertionError(
            "The queue was away and `place_order` raised `ConnectionError`. Expected "
            "the id, because the order is kept and will be drawn."
        ) from None
    assert broker.waiting == ids, (
        f"The queue was away while I ordered {len(ids)} plates, and `outgoing` has "
        f"{broker.waiting}. Expected {ids}, to be sent later."
    )
    assert broker.commits == len(ids), (
        f"For {len(ids)} orders you committed {broker.commits} times before `send`. "
        "Expected once each: the plate and its message, or neither."
    )
    return ids


def relayed(
    relay: Callable[..., Any],
    database: sqlite3.Connection,
    broker: Broker,
    ids: list[int],
) -> None:
    broker.asked = 0
    run(relay, database, broker)
    assert (broker.asked, broker.waiting) == (1, ids), (
        f"`relay` ran while the queue was away: it asked {broker.asked} times, and "
        f"`outgoing` has {broker.waiting}. Expected to hear it once, and {ids} as "
        "before, because nothing could be sent."
    )
    broker.left = 2
    run(relay, database, broker)
    assert (broker.got, broker.waiting) == (ids[:2], ids[2:]), (
        f"The queue took two messages and was away again: it got {broker.got}, and "
        f"`outgoing` has {broker.waiting}, as another process sees it. Expected "
        f"{ids[:2]}, the oldest first, and {ids[2:]}: what was sent is forgotten."
    )


def emptied(
    relay: Callable[..., Any],
    database: sqlite3.Connection,
    broker: Broker,
    ids: list[int],
) -> None:
    broker.left = 999
    run(relay, database, broker)
    run(relay, database, broker)
    assert (broker.got, broker.waiting) == (ids, []), (
        f"The queue was back, `relay` ran twice, and the queue got {broker.got}. "
        f"Expected {ids}: each once, the oldest first, and `outgoing` empty."
    )


def run(
    relay: Callable[..., Any], database: sqlite3.Connection, broker: Broker
) -> None:
    try:
        relay(database, broker.send)
    except ConnectionError:
        raise AssertionError(
            "The queue was away and `relay` raised `ConnectionError`. Expected it to "
            "stop quietly, because what waits is sent at its next turn."
        ) from None


def overtaken(
    place_order: Callable[..., Any],
    relay: Callable[..., Any],
    database: sqlite3.Connection,
    broker: Broker,
    ids: list[int],
) -> None:
    """The queue is back, and a new order comes before `relay` has run."""
    broker.left = 999
    newest = place_order(database, "one more", broker.send)
    run(relay, database, broker)
    assert sorted(broker.got) == [*ids, newest], (
        f"{ids} waited, the queue came back, I ordered {newest}, `relay` ran, and the "
        f"queue got {broker.got}. Expected all of them, each once: who sends one "
        "message forgets that one."
    )


@exercise(
    "ch14.backpressure",
    title="A queue that says when it is full",
    hints=(
        "Who should hear that there are too many: the worker, or the one who asks?",
        "`raise HTTPException(429, ..., headers={...})`, before anything is stored.",
        "`if len(waiting) >= most: raise HTTPException(429, 'Too many are waiting.', "
        "headers={'Retry-After': '10'})`, else `waiting.append(asked.prompt)`.",
    ),
    why="a queue without an end makes everybody wait, and tells nobody.",
)
def backpressure(studio_app: Callable[..., Any]) -> None:
    sizes = random.sample(range(2, 7), 2)
    for before, most in enumerate(sizes):  # two studios, and each has its own list
        waiting = ["a boat from before"] * before
        with Client(studio_app(waiting, most)) as client:
            takes_until_full(client, waiting, most)
            refuses_more(client, waiting, most)
            waiting.append("what another server took in the same moment")
            refuses_more(client, waiting, most)
            del waiting[:2]  # workers take two
            because = "workers have taken two, so there is room again."
            body = {"prompt": "a green boat"}
            client.ask("POST", "/plates", 202, json=body, because=because)


def takes_until_full(client: Client, waiting: list[str], most: int) -> None:
    before = len(waiting)  # of the new ones, all want the same
    prompts = [*waiting, *["a red boat"] * (most - before)]
    for number, prompt in enumerate(prompts[before:], start=before + 1):
        because = f"{number} of {most} may wait, and the answer says: not yet done."
        body = {"prompt": prompt}
        client.ask("POST", "/plates", 202, json=body, because=because)
    assert waiting == prompts, (
        f"{before} waited, I ordered {most - before} plates, and {short(waiting)} "
        "wait. Expected each prompt, in the order in which they came."
    )


def refuses_more(client: Client, waiting: list[str], most: int) -> None:
    number, late = len(waiting), list(waiting)
    tired = Event()

    def make_room() -> None:  # or an app that waits for some would wait for ever
        tired.set()
        waiting.clear()

    patience = Timer(2, make_room)
    patience.start()
    reply = client.post("/plates", json={"prompt": "a blue boat"})
    patience.cancel()
    assert not tired.is_set(), (
        f"{number} were waiting and {most} may, and your app had not answered after "
        "2 s. Expected `429` at once, because who waits inside a request has no queue."
    )
    client.expect(reply, 429, because=f"{number} are waiting and {most} may.")
    says_when(reply)
    assert waiting == late, (
        f"I was refused and {len(waiting)} wait. Expected {number}: what is refused "
        "is not stored, or it is drawn for nobody."
    )


def says_when(reply: Any) -> None:
    later = reply.headers.get("retry-after", "")
    assert later.isdecimal() and int(later) > 0, (
        f"The 429 has the header Retry-After: {later or None}. Expected seconds, one "
        "or more, because a client that does not know comes back at once."
    )
