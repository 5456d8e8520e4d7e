"""The exercises of chapter 14. Each check does what a queue, a pipe or a thief does."""

import random
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

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
    for steps in (4, 5, random.randint(6, 40), 500):
        told: list[Any] = []
        progress = progress_class(told.append)
        pipe = SimpleNamespace(num_timesteps=steps)
        for step in range(steps):
            tensors = {"latents": secrets.token_hex(2)}
            came = progress.on_step_end(pipe, step, 1000 - step, tensors)
            assert came is tensors, (
                f"`on_step_end` gave back `{short(came)}`. Expected the dictionary "
                ""
                "that it was given, because the pipeline goes on with what it returns."
            )
        expected = [min(99, 100 * (step + 1) // steps) for step in range(steps)]
        expected = [one for one in dict.fromkeys(expected) if one]
        as_told([one for one in told if one], expected, f"After {steps} steps")
        progress.stored()
        progress.stored()
        hundreds = told.count(100)
        assert hundreds == 1, (
            f"`stored` was called twice, as for a message that came twice, and 100 was "
            f"told {hundreds} times. Expected once, because each 100 starts a fetch."
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
    assert told == expected, (
        f"{when} you told {short(told)}. Expected {short(expected)}: the first step "
        "that has ended is step 0."
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
        rows, objects, painted = order(state)
        draw("p1", rows, painted.append, objects)
        assert not painted, (
            f'I delivered a plate that is "{state}" and you painted it. Expected '
            "nothing, because a message may come again when all is over."
        )
    delivered_unknown(draw)
    rows, objects, painted = order()
    paint = painter(rows, painted)
    for _ in range(2):
        draw("p1", rows, paint, objects)
    assert painted == ["a red boat"], (
        f"I delivered one message twice and `paint` was called {len(painted)} times. "
        "Expected once, because the second time it was done."
    )
    same_object(draw)
    poisoned(draw)


def order(state: str = "queued", attempts: int = 0) -> tuple[Rows, Any, list[str]]:
    row = {"prompt": "a red boat", "state": state, "attempts": attempts}
    return {"p1": {**row, "reason": None}}, {}, []


def painter(rows: Rows, painted: list[str]) -> Callable[[str], bytes]:
    def paint(prompt: str) -> bytes:
        assert rows["p1"]["state"] != "done", (
            'The row said "done" while `paint` ran. Expected that last, because '
            "whoever "
            "reads it asks for the picture."
        )
        painted.append(prompt)
        return prompt.encode()

    return paint


def delivered_unknown(draw: Callable[..., Any]) -> None:
    try:
        draw("p2", {}, lambda prompt: b"", {})
    except KeyError:
        raise AssertionError(
            "I delivered the id of a plate that was deleted and got a `KeyError`. "
            "Expected nothing to happen, because there is nothing to draw."
        ) from None


def same_object(draw: Callable[..., Any]) -> None:
    """A worker died between storing the picture and saying so."""
    rows, _, painted = order("running", 1)
    objects = {"p1.png": b"half a boat"}
    draw("p1", rows, painter(rows, painted), objects)
    assert objects == {"p1.png": b"a red boat"}, (
        f"After a worker had died and its job came back, the storage has "
        f"{short(objects)}. Expected one object, `p1.png`, drawn anew: one name "
        "for one "
        "job, so that the second attempt replaces what the first has left."
    )
    assert rows["p1"]["state"] == "done", (
        f'I delivered a plate that was "running" when its worker died, and it is '
        f'"{rows["p1"]["state"]}" now. Expected "done", for nobody else draws it.'
    )


def poisoned(draw: Callable[..., Any]) -> None:
    def poison(prompt: str) -> bytes:
        raise ValueError("I cannot paint poison")

    rows, objects, _ = order()
    for attempt in (1, 2, 3):
        raised = ""
        try:
            draw("p1", rows, poison, objects)
        except ValueError as error:
            raised = str(error)
        counted(rows["p1"], attempt, raised)
    reason = rows["p1"]["reason"]
    assert reason == "I cannot paint poison", (
        f"The failed row's reason is `{short(reason)}`. Expected what `paint` "
        "said, because somebody will ask why."
    )


def counted(row: dict[str, Any], attempt: int, raised: str) -> None:
    ended = attempt == 3
    state = "failed" if ended else "queued"
    assert (row["attempts"], row["state"]) == (attempt, state), (
        f"`paint` failed {attempt} time(s) and the row says `{row['state']}` after "
        f"{row['attempts']} attempts. Expected `{state}` after {attempt}, because "
        "three are enough, and fewer are too few."
    )
    assert bool(raised) is not ended, (
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
    assert urlsplit(url).path == f"/plates/{name}", (
        f"`sign` gave `{short(url)}`. Expected the path that I asked for, and a query."
    )
    for later, expected in ((0, True), (59, True), (60, False), (3600, False)):
        came = opens(url, key, start + later)
        assert came is expected, (
            f"A link for 60 seconds, asked after {later}: `opens` gave `{came}`. "
            f"Expected `{expected}`, because it lives as long as it says."
        )
    refuses_forgeries(opens, forgeries(url, name, start), key, start)
    assert not opens(url, secrets.token_bytes(16), start), (
        "A link signed with another key was let in. Expected `False`."
    )
    sign(f"/plates/{name}", WEEK, key, start)
    for seconds in (WEEK + 1, 0, -5):
        refuses_lifetime(sign, seconds, key, start)


def refuses_forgeries(
    opens: Callable[..., bool], forged: dict[str, str], key: bytes, start: int
) -> None:
    for what, wrong in forged.items():
        try:
            came = opens(wrong, key, start + 1)
        except Exception as error:
            raise AssertionError(
                f"I opened {what}, and `opens` raised `{type(error).__name__}`. "
                ""
                "Expected `False`, because anybody may type anything."
            ) from None
        assert came is False, (
            f"I opened {what} and it was let in. Expected `False`, because the "
            "signature was made for another URL."
        )


def forgeries(url: str, name: str, start: int) -> dict[str, str]:
    last = "0" if url[-1] != "0" else "1"
    return {
        "the link with another picture's name": url.replace(name, "other.png"),
        "the link with a longer life": url.replace(str(start + 60), str(start + 9999)),
        "the link with another signature": url[:-1] + last,
        "the bare path": url.partition("?")[0],
        "a path with nonsense behind it": url.partition("?")[0] + "?expires=soon&x=%FF",
    }


def refuses_lifetime(
    sign: Callable[..., str], seconds: int, key: bytes, start: int
) -> None:
    try:
        came = sign("/plates/a.png", seconds, key, start)
    except ValueError:
        return
    raise AssertionError(
        f"I asked for a link of {seconds} seconds and got `{short(came)}`. Expected a "
        "`ValueError`: from a second to a week, as S3 has it."
    )


TABLES = """
CREATE TABLE plates (id INTEGER PRIMARY KEY, prompt TEXT, state TEXT);
CREATE TABLE outgoing (plate_id INTEGER PRIMARY KEY);
"""


class Broker:
    """A queue that looks, at each message, what another process would see."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path, self.away, self.got = path, False, []  # type: ignore[var-annotated]
        self.commits = 0
        database.set_trace_callback(self.trace)

    def trace(self, statement: str) -> None:
        self.commits += statement.strip().upper().startswith("COMMIT")

    def send(self, message: Any) -> None:
        assert type(message) is int, (
            f"`send` got `{short(message)}`. Expected the id and nothing else, because "
            "the row has the rest, and it is the one that is true."
        )
        with sqlite3.connect(self.path) as other:
            plate = other.execute("SELECT 1 FROM plates WHERE id=?", (message,))
            waiting = other.execute(
                "SELECT 1 FROM outgoing WHERE plate_id=?", (message,)
            )
            seen = plate.fetchone(), waiting.fetchone()
        other.close()
        assert seen[0], (
            "When `send` was called, another process could not see the plate. Expected "
            "the commit first, because a worker is faster than you think."
        )
        assert seen[1], (
            "When `send` was called, the message was not in `outgoing`. Expected it "
            "there until it is sent, because `send` may fail, or you may be killed."
        )
        if self.away:
            raise ConnectionError("the broker is away")
        self.got.append(message)


@contextmanager
def office() -> Iterator[tuple[sqlite3.Connection, Broker]]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "studio.db")
        database = sqlite3.connect(path)
        database.executescript(TABLES)
        try:
            yield database, Broker(path, database)
        finally:
            database.close()


def waiting(database: sqlite3.Connection) -> list[int]:
    rows = database.execute("SELECT plate_id FROM outgoing ORDER BY plate_id")
    return [one for (one,) in rows]


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
            "got "
            f"{broker.got}. Expected its id in both."
        )
        assert not waiting(database), (
            "The message was sent and still stands in `outgoing`. Expected it gone, "
            "because otherwise it is sent for ever."
        )
    with office() as (database, broker):
        broker.away, broker.commits = True, 0
        ids = away(place_order, database, broker)
        assert waiting(database) == ids, (
            f"The queue was away while I ordered {len(ids)} plates, and `outgoing` has "
            f"{waiting(database)}. Expected {ids}, to be sent later."
        )
        assert broker.commits == len(ids), (
            f"For {len(ids)} orders you committed {broker.commits} times before "
            "`send`. "
            "Expected once each: the plate and its message, or neither."
        )
        relayed(relay, database, broker, ids)


def away(
    place_order: Callable[..., Any], database: sqlite3.Connection, broker: Broker
) -> list[int]:
    try:
        return [place_order(database, f"boat {n}", broker.send) for n in range(3)]
    except ConnectionError:
        raise AssertionError(
            "The queue was away and `place_order` raised `ConnectionError`. Expected "
            "the id, because the order is kept and will be drawn."
        ) from None


def relayed(
    relay: Callable[..., Any],
    database: sqlite3.Connection,
    broker: Broker,
    ids: list[int],
) -> None:
    relay(database, broker.send)
    assert waiting(database) == ids, (
        "`relay` ran while the queue was away, and `outgoing` has "
        f"{waiting(database)}. "
        f"Expected {ids} as before, because nothing could be sent."
    )
    broker.away = False
    relay(database, broker.send)
    relay(database, broker.send)
    assert (broker.got, waiting(database)) == (ids, []), (
        f"The queue was back, `relay` ran twice, and the queue got {broker.got}. "
        f"Expected {ids}: each once, the oldest first, and `outgoing` empty."
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
    most = random.randint(3, 6)
    waiting: list[str] = []
    with Client(studio_app(waiting, most)) as client:
        prompts = [f"boat {secrets.token_hex(2)}" for _ in range(most + 1)]
        for number, prompt in enumerate(prompts[:most], start=1):
            because = f"{number} of {most} may wait, and the answer says: not yet done."
            body = {"prompt": prompt}
            client.ask("POST", "/plates", 202, json=body, because=because)
        assert waiting == prompts[:most], (
            f"I ordered {most} plates and {short(waiting)} wait. Expected each prompt, "
            "in the order in which they came."
        )
        because = f"{most} are waiting and {most} may."
        full = {"prompt": prompts[most]}
        reply = client.ask("POST", "/plates", 429, json=full, because=because)
        says_when(reply)
        assert len(waiting) == most, (
            f"I was refused and {len(waiting)} wait. Expected {most}: what is refused "
            "is not stored, or it is drawn for nobody."
        )
        waiting.pop(0)  # a worker takes one
        because = "a worker has taken one, so there is room again."
        client.ask("POST", "/plates", 202, json=full, because=because)


def says_when(reply: Any) -> None:
    later = reply.headers.get("retry-after", "")
    assert later.isdigit(), (
        f"The 429 has the header Retry-After: {later or None}. "
        "Expected seconds, because a client that does not know comes back at once."
    )
