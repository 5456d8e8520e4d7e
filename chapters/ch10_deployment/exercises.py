"""The exercises of chapter 10. Each check behaves as production would: it misspells,
forges, hangs, stops in the middle, and reads what was written.
"""

import asyncio
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from pydantic import ValidationError

from chapters.ch10_deployment.dockerfile import Instruction, Stage, parse
from chapters.ch10_deployment.dockerfile_rules import installing
from chapters.ch10_deployment.review import review
from chapters.toolkit.checks import Client, exercise, short

PATIENCE = 3.0  # seconds that a probe or a stop may take


# --- settings -----------------------------------------------------------------


@exercise(
    "ch10.settings",
    title="Settings with a secret that never shows",
    hints=(
        "Which type keeps a value and shows stars? And what does an error quote of the "
        "value it refuses?",
        "`SecretStr` for the password; `SettingsConfigDict(env_prefix='HIDE_', "
        "extra='ignore', hide_input_in_errors=True)`; leave the sources as they are.",
        "`visitors: Annotated[int, Field(ge=1)] = 20` and `password: SecretStr`, "
        "with nothing that reads `os.environ` by hand.",
    ),
    why="settings end up in logs and in bug reports, and the one line that a "
    "password slipped into is enough.",
)
def settings(kind: Callable[..., Any]) -> None:
    word = f"heron-{secrets.token_hex(4)}"
    told = made(kind, {"HIDE_WARDEN": "Ada", "HIDE_PASSWORD": word})
    holds(told, "warden", "Ada", "HIDE_WARDEN=Ada")
    holds(told, "visitors", 20, "no HIDE_VISITORS")
    for way, look in LOOKS.items():
        assert word not in look(told), (
            f"I set HIDE_PASSWORD and looked at your settings by `{way}`, which shows "
            "the password. Expected stars, because this is how it gets into a log."
        )
    value = getattr(told.password, "get_secret_value", lambda: told.password)()
    assert value == word, (
        f"I set HIDE_PASSWORD and found `{short(value)}` in `password`. Expected what "
        "I set, for the database asks for it."
    )
    file = f"HIDE_WARDEN=Bo\nHIDE_PASSWORD={word}\nHIDE_VISITORS=7\nOTHER_PROGRAM=1\n"
    holds(made(kind, {}, file), "visitors", 7, "a .env file with HIDE_VISITORS=7")
    both = made(kind, {"HIDE_WARDEN": "Ada"}, file)
    holds(both, "warden", "Ada", "HIDE_WARDEN=Ada, and in .env HIDE_WARDEN=Bo")
    refuses(kind, {"HIDE_WARDEN": "Ada"}, "password", word)
    refuses(kind, {"HIDE_PASSWORD": word}, "warden", word)
    full = {"HIDE_WARDEN": "Ada", "HIDE_PASSWORD": word}
    refuses(kind, full | {"HIDE_VISITORS": "0"}, "visitors", word)
    refuses(kind, full | {"HIDE_VISITORS": "2.5"}, "visitors", word)
    refuses(kind, full | {"HIDE_VISITORS": word}, "visitors", word)


LOOKS: dict[str, Callable[[Any], str]] = {
    "repr(settings)": repr,
    "str(settings)": str,
    "settings.model_dump_json()": lambda settings: str(settings.model_dump_json()),
    "str(settings.model_dump())": lambda settings: str(settings.model_dump()),
    "f'{settings.password}'": lambda settings: f"{settings.password}",
}


def made(
    kind: Callable[..., Any], environment: Mapping[str, str], file: str = ""
) -> Any:
    """The learner's settings, in this environment and with this .env file."""
    kept = {name: v for name, v in os.environ.items() if not name.startswith("HIDE_")}
    with TemporaryDirectory() as folder:
        (path := Path(folder, ".env")).write_text(file, encoding="utf-8")
        with patch.dict(os.environ, kept | dict(environment), clear=True):
            try:
                return kind(_env_file=path)
            except ValidationError as error:
                fault = error.errors(include_input=False)[0]
                told = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
                reason = f"I set {spoken(environment, file)}, and got: {short(told)}."
                raise Unexpected(f"{reason} Expected settings.", str(error)) from None


class Unexpected(AssertionError):
    """A refusal where settings were expected; `full` is what a log would show."""

    def __init__(self, message: str, full: str) -> None:
        super().__init__(message)
        self.full = full


def spoken(environment: Mapping[str, str], file: str = "") -> str:
    names = [*environment, *(line.partition("=")[0] for line in file.splitlines())]
    return ", ".join(names) + (" (some of them in .env)" if file else "")


def holds(settings: Any, field: str, value: object, given: str) -> None:
    found = getattr(settings, field)
    assert found == value, (
        f"I gave you {given}, and `{field}` is `{short(found)}`. Expected "
        f"`{short(value)}`, because the environment is read when they are made, and "
        "is stronger than the file."
    )


def refuses(
    kind: Callable[..., Any], environment: Mapping[str, str], field: str, word: str
) -> None:
    wrong = environment.get(f"HIDE_{field.upper()}")
    what = (
        f"no HIDE_{field.upper()}" if wrong is None else f"a bad HIDE_{field.upper()}"
    )
    try:
        settings = made(kind, environment)
    except Unexpected as refusal:
        assert field in refusal.full.lower(), (
            f"I gave you {what}, and the error does not name `{field}`. Expected its "
            "name, because somebody must find it among twenty others."
        )
        assert word not in refusal.full, (
            f"I gave you {what}, and the error shows the password. Expected an error "
            "that keeps the input to itself, because it is written to the log."
        )
        return
    raise AssertionError(
        f"I gave you {what} and got `{short(getattr(settings, field))}`. Expected a "
        "`ValidationError` at the start, because later it is a visitor who finds out."
    )


# --- forwarded headers --------------------------------------------------------


@exercise(
    "ch10.trust",
    title="Who has asked? Whom to believe behind a proxy",
    hints=(
        "Every proxy adds the address it sees to the right end. Which of these "
        "addresses were written by somebody you know?",
        "Walk from the right: first the peer, then the header's entries backwards, as "
        "long as the address you stand at is a trusted one. `ipaddress.ip_address(a) "
        "in ipaddress.ip_network(n)`.",
        "`for entry in reversed(forwarded.split(','))`: stop if `here` is not trusted; "
        "`ip_address(entry.strip())` raises `ValueError` for what is none; then `here` "
        "is the answer.",
    ),
    why="limits, logs and bans go by this address; whoever can choose it is nobody, "
    "or somebody else.",
)
def trust(visitor: Callable[..., Any]) -> None:
    real, forged, other = (
        f"203.0.113.{secrets.randbelow(80) + part}" for part in (1, 85, 170)
    )
    proxies = ["10.0.0.0/8", "192.0.2.7/32"]
    near = "10.1.2.3"
    names = {"R": real, "F": forged, "O": other, "P": near}
    for row in HEARSAY:
        peer, header, expected = (
            "".join(names.get(part, part) for part in re.split(r"([RFOP])", text))
            for text in row[:3]
        )
        believed(visitor(peer, header, proxies), expected, peer, header, row[3])
    answer = visitor(near, real, [])
    assert str(answer) == near, (
        f"I trusted nobody, and you said `{short(answer)}`. Expected the peer, "
        f"`{near}`, because without a trusted proxy nobody may speak for others."
    )


# Peer, header, answer, why. R is the visitor, F and O are forged, P is our proxy.
HEARSAY = (
    ("R", "", "R", "nobody stands between you"),
    ("R", "F", "R", "he is no proxy of yours: what he says is his own"),
    ("P", "R", "R", "the proxy is trusted, and names him"),
    ("P", "F, R", "R", "the left one came from the visitor"),
    ("P", "R, 192.0.2.7", "R", "two proxies of yours passed it on"),
    ("P", "F,O,  R , 10.9.9.9", "R", "see from the right"),
    ("192.0.2.77", "F", "192.0.2.77", "192.0.2.77 is not 192.0.2.7"),
    ("P", "", "P", "the proxy itself has asked"),
    ("P", "10.4.4.4", "10.4.4.4", "a machine of your own has asked"),
    ("P", "<script>", "P", "an entry that is no address is nobody"),
    ("P", "F, unknown", "P", "beyond `unknown` all is hearsay"),
    ("P", "F, unknown, 10.9.9.9", "10.9.9.9", "it is the last that you could believe"),
    ("P", "F, 2001:db8::7", "2001:db8::7", "an address of IPv6 is one as well"),
)


def believed(answer: Any, expected: str, peer: str, header: str, because: str) -> None:
    assert str(answer) == expected, (
        f"The connection came from {peer} with `X-Forwarded-For: {header}`, trusted "
        f"are 10.0.0.0/8 and 192.0.2.7/32, and you said `{short(answer)}`. Expected "
        f"`{expected}`: {because}."
    )


# --- readiness ----------------------------------------------------------------


@exercise(
    "ch10.readiness",
    title="A readiness that tells the truth",
    hints=(
        "Which of the two probes asks the database? And what if it never answers?",
        "`asyncio.timeout(0.5)` around `await version()`, an `except Exception`, and "
        "`HTTPException(503)`; nothing is remembered between two probes.",
        "`try: async with asyncio.timeout(0.5): found = await version()`, `except "
        "Exception: raise HTTPException(503, ...)`, and `if found != needed: raise "
        "HTTPException(503, ...)`.",
    ),
    why="visitors are sent where they can be served, and a database that is away "
    "restarts nobody.",
)
def readiness(probe_app: Callable[..., Any]) -> None:
    needed = f"v{secrets.randbelow(1000)}"
    state: dict[str, Any] = {}

    with Client(probe_app(partial(version, state, needed), needed)) as client:
        for answer, status, because in STATES:
            answer = needed if answer == "needed" else answer
            state |= {"answer": answer, "asked": 0}
            probe(client, "/ready", status, answer, because)
            once(state["asked"])
            state["asked"] = 0
            probe(client, "/health", 200, answer, "a restart of yours would not help")
            assert not state["asked"], (
                "I asked `GET /health`, and you asked the database. Expected no call: "
                "if it is slow, all your processes would be restarted at once."
            )


async def version(state: dict[str, Any], needed: str) -> str | None:
    """The database: it answers, raises, hangs, or is slow."""
    state["asked"] += 1
    answer = state["answer"]
    if isinstance(answer, Exception):
        raise answer
    if answer == "hangs":
        await asyncio.sleep(2 * PATIENCE)
    if answer == "slow":  # the earlier of two timers rings first, however busy
        await asyncio.sleep(1.2)
        return needed
    return None if answer == "empty" else str(answer)


STATES: tuple[tuple[Any, int, str], ...] = (
    ("needed", 200, "its version is the one you need"),
    ("v0000", 503, "an older schema lacks what this release reads"),
    ("v9999", 503, "a newer schema may lack what this release reads"),
    ("empty", 503, "nobody has migrated it yet"),
    (ConnectionRefusedError(), 503, "the database is away"),
    (RuntimeError("pool"), 503, "whatever goes wrong there, it cannot serve"),
    ("hangs", 503, "no answer within half a second is no"),
    ("slow", 503, "it came after more than a second, when who probes you has gone"),
    ("needed", 200, "it is back, and visitors may come again"),
)


def once(calls: int) -> None:
    assert calls == 1, (
        f"I asked `GET /ready` once, and `version` was called {calls} times. Expected "
        "one call for each probe: what was true before says nothing of now."
    )


def probe(client: Client, path: str, status: int, state: Any, because: str) -> None:
    name = type(state).__name__ if isinstance(state, Exception) else state
    start = time.monotonic()
    reply = client.get(path)
    told = f"I asked `GET {path}` while the database's answer was `{name}`"
    assert time.monotonic() - start < PATIENCE, (
        f"{told}, and waited for seconds. Expected an answer within one: who runs you "
        "gives up, and takes you for dead."
    )
    assert reply.status_code == status, (
        f"{told}, and got `{reply.status_code}`. Expected `{status}`, because "
        f"{because}."
    )


# --- graceful shutdown --------------------------------------------------------


@exercise(
    "ch10.graceful",
    title="What was accepted is stored before the end",
    hints=(
        "Who works through the accepted ones, and who waits for him at the end?",
        "An `asyncio.Queue`, one task made in the lifespan before `yield`, after it "
        "`await queue.join()`; the task survives what `store` raises.",
        "`while True: species = await queue.get()`, then `try: await store(species)`, "
        "`except Exception: ...`, `finally: queue.task_done()`; after `yield` first "
        "`await queue.join()`, then `task.cancel()`.",
    ),
    why="a release stops every process that runs: what a visitor was promised then "
    "must not depend on the hour.",
)
def graceful(accepting_app: Callable[..., Any]) -> None:
    sent = [f"{secrets.token_hex(3)} {number}" for number in range(12)]
    stored, free, begun = drained(accepting_app, sent, fails="")
    assert free, (
        "I sent a sighting while `store` was held up, and you let me wait for it. "
        "Expected 202 at once: storing comes after the answer."
    )
    assert begun, (
        f"I sent {len(sent)} sightings and waited, and you called `store` for none. "
        "Expected that it begins after the first answer, because a process that is "
        "killed has no end to put it off to."
    )
    told = f"I sent {len(sent)} sightings, was told `202`, and stopped your app: "
    assert stored == sent, (
        f"{told}`store` was given {len(set(stored))} of them"
        f"{', and in another order' if sorted(stored) == sorted(sent) else ''}. "
        "Expected all, in the order they came, before the app has stopped."
    )
    stored, _, _ = drained(accepting_app, sent, fails=sent[3])
    assert stored == [one for one in sent if one != sent[3]], (
        f"{told}`store` failed for one, and {len(stored)} of the other "
        f"{len(sent) - 1} were stored. Expected all others: one failure is not "
        "everybody's."
    )


class Store:
    """Slow, held up until all is sent, and at odds with one of the sightings."""

    def __init__(self, sent: list[str], fails: str) -> None:
        self.sent, self.fails = sent, fails
        self.stored: list[str] = []
        self.goes_on, self.called = threading.Event(), threading.Event()
        self.held = False

    async def __call__(self, species: str) -> None:
        self.called.set()
        end = time.monotonic() + PATIENCE
        while not self.goes_on.is_set():
            await asyncio.sleep(0.005)
            if time.monotonic() > end:  # an answer that waits for us never comes
                self.held = True
                self.goes_on.set()
        # Later ones are quicker: who stores them all at once gets another order.
        await asyncio.sleep(0.01 if species in self.sent[6:] else 0.12)
        if species == self.fails:
            raise OSError("no room")
        self.stored.append(species)


def drained(
    accepting_app: Callable[..., Any], sent: list[str], fails: str
) -> tuple[list[str], bool, bool]:
    """What was stored when the app had stopped; whether answers came first, and whether
    storing began before the end.
    """
    store, begun = Store(sent, fails), []

    def visit() -> None:
        with Client(accepting_app(store)) as client:
            for species in sent:
                because = "it was accepted, and is not stored yet."
                body = {"species": species}
                client.ask("POST", "/sightings", 202, json=body, because=because)
            begun.append(store.called.wait(PATIENCE))
            store.goes_on.set()

    ended = limited(visit)
    assert ended, (
        "I stopped your app, and it has not ended. Expected an end as soon as all is "
        "stored, also when `store` fails: after its grace a process is killed."
    )
    return store.stored, not store.held, all(begun)


def limited(visit: Callable[[], None], seconds: float = 20) -> bool:
    """Run it in a thread; whether it ended in time. What it raises is raised here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            visit()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    for error in errors:
        raise error
    return not thread.is_alive()


# --- a Dockerfile -------------------------------------------------------------


@exercise(
    "ch10.dockerfile",
    title="A Dockerfile that may go to production",
    hints=(
        "Which line changes with every commit, and what is built again after it? Who "
        "is process 1, and as whom does it run?",
        "Two `FROM`s: one that installs from the lock, with `--require-hashes` and "
        "`--no-cache-dir`; one that gets `COPY --from=`, `USER`, `HEALTHCHECK` and a "
        "`CMD [...]`.",
        "`COPY requirements.lock .` before its `RUN`; in the second stage `COPY "
        "--from=build /opt/venv /opt/venv`, `COPY station /srv/station`, `USER 10001`.",
    ),
    why="an image runs as you wrote it, for months, on machines that you do not see.",
)
def dockerfile(text: str) -> None:
    assert isinstance(text, str), "I need the text of a Dockerfile, as one string."
    try:
        stages = parse(text)
    except ValueError as error:
        raise AssertionError(f"This is no Dockerfile: {error}.") from None
    for one in review(text):
        quoted = short(text.splitlines()[one.line - 1].strip(), 60)
        raise AssertionError(
            f"I read your Dockerfile, and line {one.line}, `{quoted}`, breaks the rule "
            f"`{one.rule}`: {one.why}."
        )
    assembled(stages)


def assembled(stages: list[Stage]) -> None:
    """Whether what is built is also what is run."""
    building = [stage for stage in stages if installing(stage)]
    steps = [step for stage in building for step in stage.steps]
    mounts = [rest for rest in rests(steps, "RUN") if "type=bind" in rest]
    assert building, (
        "No stage of yours installs packages. Expected `pip install` or `uv` in the "
        "first one, because `station` imports FastAPI and others."
    )
    needed(
        "requirements.lock",
        rests(steps, "COPY", "ADD") + mounts,
        "the packages come from there",
    )
    last = stages[-1].steps
    brought(stages, rests(last, "COPY", "ADD"))
    commands = rests(last, "CMD", "ENTRYPOINT")
    needed("station.main:app", commands, "that is the application")


def brought(stages: list[Stage], copies: list[str]) -> None:
    needed("--from", copies, "the last stage needs the packages")
    known = {stage.name.lower() for stage in stages[:-1]}
    known |= {str(number) for number, _ in enumerate(stages[:-1])}
    named = re.findall(r"--from=(\S+)", " ".join(copies).lower())
    assert known & {*named}, (
        f"Your last stage copies from {short(named)}, and no stage is called so. "
        "Expected the name that stands behind `AS` in the first `FROM`, because the "
        "packages are there."
    )
    own = [rest for rest in copies if "--from" not in rest]
    needed("station", own, "the application's source must be in the image")


def rests(steps: list[Instruction], *words: str) -> list[str]:
    return [f"{step.word} {step.rest}" for step in steps if step.word in words]


def needed(words: str, steps: list[str], because: str) -> None:
    assert any(words in step for step in steps), (
        f"I looked for `{words}` and found no instruction with it where it belongs. "
        f"Expected one, because {because}."
    )
