"""The exercises of chapter 12. Each check asks the learner's app, and counts calls."""

import asyncio
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from chapters.toolkit.checks import Client, exercise, short

PATIENCE = 1.5  # seconds that a blocked loop is given


@exercise(
    "ch12.load-once",
    title="A model that is read at the start, and once",
    hints=(
        "Making an app and starting it are two moments. Which code runs at the second?",
        "An `asynccontextmanager` with one `yield`, given as `FastAPI(lifespan=...)`; "
        "what it loads can stand on `app.state`.",
        "`app.state.name = None` in the function, `app.state.name = load()` before the "
        "`yield`, and in the route `if app.state.name is None: raise "
        "HTTPException(503)`.",
    ),
    why="whoever imports or tests your module does not read 200 megabytes for it, "
    "and no visitor is the one who has to wait.",
)
def load_once(penguin_app: Callable[..., Any]) -> None:
    loads: list[str] = []
    short_billed, long_billed = (f"penguin {secrets.token_hex(2)}" for _ in range(2))

    def load() -> Callable[[float], str]:
        loads.append("load")
        return lambda bill: short_billed if bill < 43 else long_billed

    app = penguin_app(load)
    counted(loads, 0, "I called `penguin_app(load)`", "the app had not started yet")
    body = {"bill_length_mm": 39.1}
    unstarted = Client(app)
    because = "before it has started there is no model, and that is no crash: it is "
    because += "a state which passes."
    unstarted.ask("POST", "/prediction", 503, json=body, because=because)
    with Client(app) as client:
        counted(loads, 1, "I started your app", "the lifespan is where it is read")
        for bill, species in ((39.1, short_billed), (47.5, long_billed)):
            reply = client.post("/prediction", json={"bill_length_mm": bill})
            because = f"that is what the model says of {bill}."
            client.expect(reply, 200, because=because, json={"species": species})
        counted(loads, 1, "I asked twice", "it is read once, not for a request")
        for wrong in ({}, {"bill_length_mm": "long"}):
            because = "a number called `bill_length_mm` is needed."
            client.ask("POST", "/prediction", 422, json=wrong, because=because)


def counted(calls: list[str], expected: int, did: str, because: str) -> None:
    assert len(calls) == expected, (
        f"{did}, and `load` has been called {len(calls)} time(s) by now. "
        f"Expected {expected}, because {because}."
    )


@exercise(
    "ch12.manifest",
    title="A manifest that refuses",
    hints=(
        "Which checks need the file's bytes only, and no model made of them?",
        "`read_bytes` once, `hashlib.sha256(content).hexdigest()`, `json.loads`; and "
        "`OSError` or `KeyError` become a `ValueError` with a reason.",
        "`if hashlib.sha256(content).hexdigest() != manifest['sha256']: raise "
        "ValueError('model.bin is not what was saved')`, and `return make(content)` "
        "as the last line.",
    ),
    why="a file that was swapped, cut off or made elsewhere is noticed before any of "
    "it runs, and the log says which of these it was.",
)
def manifest(load_checked: Callable[..., Any]) -> None:
    for what, damage in DAMAGES.items():
        with artefact() as (folder, make, made):
            damage(folder)
            refuses(load_checked, folder, make, what, "1.9.1")
            unmade(made, what)
    with artefact() as (folder, make, made):
        what = "a model made with scikit-learn 1.9.1 (here is 1.9.0)"
        refuses(load_checked, folder, make, what, "1.9.0")
        unmade(made, what)
    with artefact() as (folder, make, made):
        answer = load_checked(folder, make, "1.9.1")
        assert answer == "a forest of 9 bytes", (
            f"I gave you a folder in order and got `{short(answer)}`. Expected what "
            "`make(content)` gives, because nothing was wrong."
        )


def unmade(made: list[bytes], what: str) -> None:
    assert not made, (
        f"I gave you a folder with {what}. You refused, but had called `make` before. "
        "Expected the checks first, because making a model may run whatever its file "
        "says."
    )


def refuses(
    load_checked: Callable[..., Any], folder: Path, make: Any, what: str, here: str
) -> None:
    try:
        answer = load_checked(folder, make, here)
    except ValueError as error:
        assert str(error), f"I gave you a folder with {what}: say why you refuse it."
        return
    except (OSError, KeyError, TypeError) as error:
        raise AssertionError(
            f"I gave you a folder with {what} and your function raised "
            f"`{type(error).__name__}`. Expected a `ValueError` with a reason, because "
            "the caller waits for one kind of refusal."
        ) from None
    raise AssertionError(
        f"I gave you a folder with {what} and got `{short(answer)}`. Expected a "
        "`ValueError`, because this is not the model that was saved for us."
    )


@contextmanager
def artefact() -> Iterator[tuple[Path, Callable[[bytes], str], list[bytes]]]:
    made: list[bytes] = []

    def make(content: bytes) -> str:
        made.append(content)
        return f"a forest of {len(content)} bytes"

    with TemporaryDirectory() as name:
        folder = Path(name)
        content = b"100 trees"
        (folder / "model.bin").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        rewrite(folder, {"sha256": digest, "scikit_learn": "1.9.1"})
        yield folder, make, made


def rewrite(folder: Path, manifest: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def change(folder: Path, **about: object) -> None:
    known = json.loads((folder / "manifest.json").read_text("utf-8"))
    rewrite(folder, known | about)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a changed model": lambda folder: (folder / "model.bin").write_bytes(b"101 trees"),
    "no model": lambda folder: (folder / "model.bin").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "half a manifest": lambda folder: (folder / "manifest.json").write_text('{"sha2'),
    "a manifest without `sha256`": lambda folder: rewrite(
        folder, {"scikit_learn": "1.9.1"}
    ),
    "a model made with scikit-learn 1.4.0 (here is 1.9.1)": lambda folder: change(
        folder, scikit_learn="1.4.0"
    ),
    "a manifest without `scikit_learn`": lambda folder: rewrite(
        folder, {"sha256": hashlib.sha256(b"100 trees").hexdigest()}
    ),
}


class Oracle:
    """A model that counts how often it is asked."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.asked: list[list[float]] = []

    def name(self, row: list[float]) -> str:
        self.asked.append(row)
        return f"{self.version} says {row}"


@exercise(
    "ch12.cache-key",
    title="A cache that knows which model has spoken",
    hints=(
        "What does an answer depend on, apart from the row?",
        "A `tuple` can be a key; a `list` cannot. A tuple may hold another one.",
        "`key = (model.version, tuple(row))`, then `if key not in cache: "
        "cache[key] = model.name(row)`.",
    ),
    why="a new model needs no command that empties caches: its answers have other "
    "keys, and a rollback finds the old ones again.",
)
def cache_key(predict: Callable[..., Any]) -> None:
    cache: dict[Any, Any] = {}
    old, new = Oracle("2026.1"), Oracle("2026.2")
    says(predict, old, [1.0, 11.0], cache, "it is the model's answer")
    says(predict, old, [1.0, 11.0], cache, "it is the model's answer, kept")
    assert len(old.asked) == 1, (
        f"I asked twice for one row and your function asked the model "
        f"{len(old.asked)} times. Expected 1, because the second answer is in the "
        "cache."
    )
    for row in ([11.0, 1.0], [1.01, 1.0], [1.0, 1.0, 1.0], [111.0]):
        says(predict, old, row, cache, "this is another row")
    stale = "the model was replaced by 2026.2, and this is the old one's answer: the "
    stale += "key must say which model has spoken"
    says(predict, new, [1.0, 11.0], cache, stale)
    rolled_back(predict, Oracle("2026.1"), cache)


def rolled_back(predict: Callable[..., Any], back: Oracle, cache: Any) -> None:
    says(predict, back, [1.0, 11.0], cache, "2026.1 is back after a rollback")
    assert not back.asked, (
        "After 2026.2 I went back: 2026.1 was loaded again and asked for a row that it "
        "had named before. Your function asked the model once more. Expected no call, "
        "because the same version gives the same answer."
    )
    says(predict, back, [1.0, 11.0], {}, "it is the model's answer")
    assert back.asked, (
        "I gave you an empty `cache` and your function did not ask the model. Expected "
        "the answers in `cache` and nowhere else, because whoever empties it wants "
        "them gone."
    )


def says(
    predict: Callable[..., Any], model: Oracle, row: list[float], cache: Any, why: str
) -> None:
    got, expected = predict(model, list(row), cache), f"{model.version} says {row}"
    assert got == expected, (
        f"I called `predict` with the model {model.version} and {row} and got "
        f"`{short(got)}`. Expected `{expected}`, because {why}."
    )


@exercise(
    "ch12.never-block",
    title="Slow work, and nobody else waits",
    hints=(
        "Where does FastAPI run a route that is not `async`?",
        "A plain `def` route, or `await run_in_threadpool(count)` in an async one.",
        '`@app.get("/birds")`, below it `def birds() -> dict[str, int]:` with '
        '`return {"birds": count()}`.',
    ),
    why="one slow route must not make the health check fail, or the server is "
    "restarted for being busy.",
)
async def never_block(counting_app: Callable[..., Any]) -> None:
    begins, pinged = threading.Event(), threading.Event()
    birds = 17 + 10 * secrets.randbelow(100)

    def count() -> int:
        begins.set()
        return birds if pinged.wait(PATIENCE) else -1

    transport = httpx.ASGITransport(counting_app(count), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://reserve") as api:
        slow = asyncio.create_task(api.get("/birds"))
        began = await asyncio.to_thread(begins.wait, PATIENCE)
        reply = await api.get("/ping")
        pinged.set()
        counted = await slow
    judged(reply, began, counted, {"birds": birds})


def judged(
    ping: httpx.Response, began: bool, counted: httpx.Response, expected: object
) -> None:
    assert ping.status_code == 200, (
        f"I asked `GET /ping` and your app answered `{ping.status_code}`. Expected "
        "`200`, because that is how I see whether it is alive."
    )
    assert began, (
        f"I asked `GET /birds`, got `{short(counted.text)}`, and nobody called "
        f"`count`. Expected `{json.dumps(expected)}`, because that is what it counts."
    )
    assert parsed(counted) != {"birds": -1}, (
        "I asked `GET /birds`, and `GET /ping` while `count` was at work. The ping "
        "came through only when the counting was over. Expected it at once, because "
        "slow work on the event loop stops everybody."
    )
    assert parsed(counted) == expected, (
        f"I asked `GET /birds` and your app answered `{short(counted.text)}`. "
        f"Expected `{json.dumps(expected)}`, because that is what `count` gave back."
    )


def parsed(reply: httpx.Response) -> Any:
    try:
        return reply.json()
    except ValueError:
        return reply.text


@exercise(
    "ch12.batch",
    title="Many rows, one call",
    hints=(
        "How many times must the model be called for a hundred rows?",
        "A Pydantic model with `rows`, a list of lists of numbers, whose length "
        "`Field(min_length=..., max_length=...)` bounds.",
        "`rows: Annotated[list[list[float]], Field(min_length=1, max_length=100)]`, "
        "and in a `def` route `species = predict(asked.rows)`.",
    ),
    why="a call costs the same for one row as for a hundred, and a bound keeps one "
    "client from taking the server for itself.",
)
def batch(batch_app: Callable[..., Any]) -> None:
    calls: list[list[list[float]]] = []

    def predict(rows: list[list[float]]) -> list[str]:
        calls.append([list(row) for row in rows])
        return [f"species {row[0]:g}" for row in rows]

    with Client(batch_app(predict)) as client:
        for numbers in ([5, 3, 9, 3], [*range(100)]):
            calls.clear()
            rows = [[float(number), 1.0] for number in numbers]
            reply = client.post("/predictions", json={"rows": rows})
            expected = {"species": [f"species {number}" for number in numbers]}
            because = "each row has its answer, in the order of the rows."
            client.expect(reply, 200, because=because, json=expected)
            assert len(calls) == 1, (
                f"I sent {len(rows)} rows and your app called `predict` "
                f"{len(calls)} times. Expected 1, because a call costs the same for "
                "one row as for a hundred."
            )
        refuses_batches(client)


def refuses_batches(client: Client) -> None:
    wrong: dict[str, Any] = {"none": [], "101": [[1.0, 1.0]] * 101}
    for what, rows in (wrong | {"text": [["a", 1.0]]}).items():
        because = f"I sent {what}: 1 to 100 rows of numbers are allowed."
        client.ask("POST", "/predictions", 422, json={"rows": rows}, because=because)
