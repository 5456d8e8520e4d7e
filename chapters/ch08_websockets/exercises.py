"""The exercises of chapter 8: each check opens real lines to the learner's app."""

import asyncio
import json
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidState, InvalidStatus

from chapters.toolkit import launch, services
from chapters.toolkit.checks import exercise, short

SOON = 3.0  # seconds after which an answer counts as missing
BADGE = "kestrel-7"

# --- a real server for the learner's app ----------------------------------------


class Served:
    """An app on a port of its own, in a thread of its own."""

    def __init__(self, app: Any) -> None:
        if not callable(app) or isinstance(app, type):
            raise AssertionError(
                f"I expected an app, such as `FastAPI()`, and got `{short(app)}`."
            )
        self.app = app
        self.crashes: list[Exception] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self.listener.getsockname()[1]}"
        config = uvicorn.Config(
            self.recorded,
            interface="asgi3",
            log_level=60,
            ws_ping_interval=None,
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)

    def run(self) -> None:
        # uvicorn says goodbye even to a client that it is just closing.
        with suppress(InvalidState, SystemExit):
            self.server.run(sockets=[self.listener])

    async def recorded(self, scope: Any, receive: Any, send: Any) -> None:
        self.loop = asyncio.get_running_loop()
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            self.crashes.append(error)
            raise

    async def count_tasks(self) -> int:
        """How many tasks the app's event loop has at this moment."""
        assert self.loop is not None
        count = asyncio.run_coroutine_threadsafe(count_own_tasks(), self.loop)
        return await asyncio.wrap_future(count)


async def count_own_tasks() -> int:
    return len(asyncio.all_tasks())


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[Served]:
    """The app, served; what goes wrong inside is told in the learner's words."""
    served = Served(app)
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    try:
        while not served.server.started and thread.is_alive():
            await asyncio.sleep(0.01)
        if not served.server.started:
            raise OSError("it does not start")
        yield served
    except (ConnectionClosed, TimeoutError, OSError, InvalidStatus) as error:
        explain(error, served)
    finally:
        served.server.should_exit = True
        await asyncio.to_thread(thread.join)
        served.listener.close()


def explain(error: Exception, served: Served) -> None:
    if served.crashes:
        raise served.crashes[0] from None
    match error:
        case InvalidStatus():
            code = error.response.status_code
            said = (
                f"refused to open it, with `{code}` (is there a socket at that path?)"
            )
        case ConnectionClosed():
            said = f"closed it with code {error.rcvd.code if error.rcvd else 1006}"
        case _:
            said = f"did not answer within {SOON:g} s"
    raise AssertionError(
        f"I opened a line to your app, and it {said}. Expected the talk to go on."
    ) from error


def opened(served: Served, path: str, **options: Any) -> connect:
    return connect(f"{served.url}{path}", compression=None, max_size=None, **options)


async def heard(line: ClientConnection) -> str:
    return str(await asyncio.wait_for(line.recv(), SOON))


async def close_code(line: ClientConnection, within: float = SOON) -> int | None:
    """The code with which the app closes; None if it says something, or stays."""
    try:
        await asyncio.wait_for(line.recv(), within)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006
    except TimeoutError:
        pass
    return None


# --- the exercises --------------------------------------------------------------


@exercise(
    "ch08.protocol",
    title="A bad message is answered, not punished",
    hints=(
        "What may a frame hold, and which of it does `json.loads` take? What is valid "
        "JSON and still no message?",
        "`socket.receive()` gives text or bytes; a Pydantic model with "
        '`type: Literal["echo"]` refuses all else with one `ValidationError`.',
        "`message = await socket.receive()`; return on `websocket.disconnect`; then "
        "`Echo.model_validate_json(message.get('text') or '')` in a `try`.",
    ),
    why="a client with a bug learns what is wrong, and its next message is served.",
)
async def protocol(app: Any) -> None:
    async with serving(app) as served, opened(served, "/ws") as line:
        await echoes(line, range(3))
        for sent, what in (
            ("{", "text that is no JSON"),
            ("[1, 2]", "JSON that is no object"),
            ('{"payload": 1}', "an object without a type"),
            ('{"type": "sing", "payload": 1}', "a type that nobody knows"),
            ("", "an empty text"),
            (b"\xff\x00", "bytes"),
            (b'{"type": "echo", "payload": 1}', "bytes that hold a good message"),
        ):
            await line.send(sent)
            reply = parsed(await heard_after(line, what))
            kind = reply.get("type") if isinstance(reply, dict) else None
            assert kind == "error", (
                f"I sent {what} and your app answered `{short(json.dumps(reply))}`. "
                'Expected an object with `"type": "error"`, because a client must '
                "be able to tell an answer from a refusal."
            )
            assert reply.get("why"), (
                f"I sent {what} and your app answered `{short(json.dumps(reply))}`. "
                'Expected a `"why"` in it, because a client must learn what is wrong.'
            )
        await echoes(line, range(3, 40))


async def echoes(line: ClientConnection, numbers: range) -> None:
    """Send them all, then read: the answers come in the same order."""
    for number in numbers:
        await line.send(json.dumps({"type": "echo", "payload": number}))
    for number in numbers:
        reply = parsed(await heard_after(line, "a good message"))
        assert reply == {"type": "echo", "payload": number}, (
            f"I sent payload {number} and your app answered "
            f"`{short(json.dumps(reply))}`. Expected the same type and payload, in "
            "the order sent."
        )


async def heard_after(line: ClientConnection, what: str) -> str:
    try:
        return await heard(line)
    except ConnectionClosed as closed:
        if closed.rcvd is None or closed.rcvd.code == 1005:
            raise  # the app crashed: the server says how
        raise AssertionError(
            f"I sent {what} and your app closed the line with code "
            f"{closed.rcvd.code}. Expected an answer, because the next message may "
            "be good."
        ) from None


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise AssertionError(
            f"Your app answered `{short(text)}`. Expected JSON, because a client "
            "parses each message."
        ) from None


@exercise(
    "ch08.clock",
    title="A chatty client gets its tide, too",
    hints=(
        "What happens to a sleep that is cancelled and made anew with each message?",
        "Two tasks that live as long as the line: one hears, one sleeps and sends; "
        "`asyncio.TaskGroup` ends both when one fails.",
        "`async with asyncio.TaskGroup() as group: group.create_task(hear(socket)); "
        "group.create_task(send_tides(socket))`, and `except* WebSocketDisconnect`.",
    ),
    why="the tide keeps its own time, and no task outlives its client.",
)
async def clock(app: Any) -> None:
    async with serving(app) as served:
        before = await served.count_tasks()
        start = asyncio.get_running_loop().time()
        async with opened(served, "/ws", close_timeout=1) as line:
            await line.send("anyone?")
            while (said := await heard(line)).startswith("tide"):
                pass
            assert said == "heard: anyone?", (
                f"I sent `anyone?` and heard `{short(said)}`. Expected "
                "`heard: anyone?`, because each message is answered."
            )
            await tide_in_silence(line)
            tides, unanswered = await chatter(line)
        most = int((asyncio.get_running_loop().time() - start) / 0.3) + 1
        right_times(tides, most, unanswered)
        await leaves_nothing(served, before)


def right_times(tides: int, most: int, unanswered: int) -> None:
    assert tides >= 3, (
        f"I sent a message every 50 ms for 1.5 s and heard {tides} tides. Expected "
        "at least 3, one every 0.3 s, because the tide does not wait for silence."
    )
    assert tides <= most, (
        f"I sent a message every 50 ms for 1.5 s and heard {tides} tides. Expected "
        f"at most {most}, one every 0.3 s, because the tide has a clock of its own."
    )
    assert unanswered == 0, (
        f"I sent a message every 50 ms for 1.5 s, and {unanswered} of them were "
        "not answered. Expected `heard: and then` for each, because the tide "
        "holds up nobody."
    )


async def tide_in_silence(line: ClientConnection) -> None:
    try:
        said = await heard(line)
    except TimeoutError:
        raise AssertionError(
            f"I was silent, and heard no tide within {SOON:g} s. Expected one every "
            "0.3 s, because the tide does not wait for a message."
        ) from None
    assert said.startswith("tide"), (
        f"I was silent, and heard `{short(said)}`. Expected `tide`."
    )


async def chatter(line: ClientConnection) -> tuple[int, int]:
    """Talk without a pause; how many tides come, and how many answers do not."""
    clock = asyncio.get_running_loop().time
    end = clock() + 1.5
    tides = unanswered = 0

    async def count() -> None:
        nonlocal tides, unanswered
        async for text in line:
            tides += str(text).startswith("tide")
            unanswered -= text == "heard: and then"

    counting = asyncio.create_task(count())
    while clock() < end:
        unanswered += 1
        await line.send("and then")
        await asyncio.sleep(0.05)
    in_time = tides
    while tides >= 3 and unanswered > 0 and clock() < end + SOON:
        await asyncio.sleep(0.02)
    counting.cancel()
    return in_time, unanswered


async def leaves_nothing(served: Served, before: int) -> None:
    for _ in range(150):
        if (left := await served.count_tasks()) <= before:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(
        f"I closed the line, and 3 s later your app had {left - before} tasks more "
        "than before I came. Expected none, because a task whose client is gone works "
        "for nobody."
    )


@exercise(
    "ch08.door",
    title="Refused before the line is open",
    hints=(
        "Which line of your endpoint opens the door, and what must stand before it?",
        "A cookie is a parameter: `Annotated[str | None, Cookie()] = None`; "
        "`WebSocketException` refuses.",
        'At the top: `if badge != "kestrel-7": raise WebSocketException(1008)`; '
        "`accept` comes after it.",
    ),
    why="a stranger never gets a line, and no message can leak into it.",
)
async def door(app: Any) -> None:
    async with serving(app) as served:
        for cookie, who in (
            (None, "no badge"),
            ("badge=magpie-0", "a wrong badge"),
            ("badge=", "an empty badge"),
        ):
            await refuses(served, cookie, who)
        headers = {"Cookie": f"badge={BADGE}"}
        async with opened(served, "/ws", additional_headers=headers) as line:
            said = await heard(line)
            assert said == "welcome", (
                f"I came with the right badge and heard `{short(said)}`. Expected "
                "`welcome`."
            )


async def refuses(served: Served, cookie: str | None, who: str) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    try:
        async with opened(served, "/ws", additional_headers=headers) as line:
            code = await close_code(line)
    except InvalidStatus as refused:
        status = refused.response.status_code
        if status in (401, 403):
            return
        if served.crashes:
            raise
        raise AssertionError(
            f"I came with {who} and the handshake failed with `{status}`. Expected "
            "`403`: is there a socket at `/ws`?"
        ) from None
    if served.crashes:
        raise served.crashes[0]
    then = f"closed it with code {code}" if code else "let me stay"
    raise AssertionError(
        f"I came with {who}; your app opened the line and then {then}. Expected the "
        "handshake to fail with `403`, because an open line can already be sent to."
    )


@exercise(
    "ch08.first-message",
    title="The first message is the badge",
    hints=(
        "How long may a stranger hold a line? Which call waits for ever?",
        "`asyncio.timeout(1)` around the first `receive_text`; "
        "`socket.close(1008)` for all who are not wardens.",
        "`try: async with asyncio.timeout(1): badge = await socket.receive_text()` "
        "`except TimeoutError: return await socket.close(1008)`.",
    ),
    why="a browser can send no header of its own, so the first message is its badge; "
    "and who says nothing does not hold a line.",
)
async def first_message(app: Any) -> None:
    async with serving(app) as served:
        for first, what in (
            ("magpie-0", "sent a wrong badge"),
            (None, "said nothing for 3 s"),
        ):
            async with opened(served, "/ws") as line:
                await must_close(line, first, what)
        async with opened(served, "/ws") as line:
            early = await spoken_early(line)
            assert early is None, (
                f"I had shown no badge, and heard `{short(early or '')}`. Expected "
                "silence until the badge has come, because a stranger is not told "
                "anything."
            )
            await line.send(BADGE)
            await line.send("hello")
            said = [await heard(line), await heard(line)]
            assert said == ["welcome", "heard: hello"], (
                f"I sent the right badge and `hello`, and heard {said}. Expected "
                "`welcome`, then `heard: hello`."
            )
            await stays_open(line)


async def stays_open(line: ClientConnection) -> None:
    await asyncio.sleep(1.2)  # longer than a badge may take
    later = await said_later(line, "still here")
    assert later == "heard: still here", (
        "I had shown my badge, was silent for 1.2 s, said `still here`, and "
        f"got `{short(later)}`. Expected `heard: still here`, because only "
        "the badge has to come within a second."
    )


async def said_later(line: ClientConnection, text: str) -> str:
    try:
        await line.send(text)
        return await heard(line)
    except ConnectionClosed as closed:
        if closed.rcvd is None:  # the app broke off: `serving` tells why
            raise
        return f"a line closed with code {closed.rcvd.code}"


async def must_close(line: ClientConnection, first: str | None, what: str) -> None:
    if first is not None:
        await line.send(first)
    try:
        said = await asyncio.wait_for(line.recv(), 3)
    except TimeoutError:
        found = "the line stayed open"
    except ConnectionClosed as closed:
        if closed.rcvd is None:  # the app broke off: `serving` tells why
            raise
        if closed.rcvd.code == 1008:
            return
        found = f"was closed with code {closed.rcvd.code}"
    else:
        found = f"heard `{short(str(said))}`"
    raise AssertionError(
        f"I {what}, and {found}. Expected your app to close the line with code 1008, "
        "because only wardens may keep one."
    )


async def spoken_early(line: ClientConnection) -> str | None:
    try:
        return str(await asyncio.wait_for(line.recv(), 0.3))
    except TimeoutError:
        return None


@exercise(
    "ch08.rooms",
    title="A room that nobody can hold up",
    hints=(
        "Whom do you wait for when you send to each in turn? And who is still in your "
        "list after leaving?",
        "An `asyncio.Queue(100)` and a sending task for each client; `put_nowait` "
        "never waits; `finally` takes the client off the list.",
        "`except asyncio.QueueFull:` cancel that client's task or set an event it "
        "waits for; close it with code 1013, `asyncio.wait_for` around the close.",
    ),
    why="one bad connection costs its owner the line, and the others nothing.",
)
async def rooms(app: Any) -> None:
    async with serving(app) as served:
        await keeps_rooms_apart(served)
        await survives_leavers(served)
        await is_not_held_up(served)


async def keeps_rooms_apart(served: Served) -> None:
    async with (
        opened(served, "/rooms/ponds") as ada,
        opened(served, "/rooms/ponds") as grace,
        opened(served, "/rooms/shore") as mary,
    ):
        for line, text in ((mary, "waders"), (ada, "newts")):
            await line.send(text)
        said = {
            "ada": await heard(ada),
            "grace": await heard(grace),
            "mary": await heard(mary),
        }
        expected = {"ada": "newts", "grace": "newts", "mary": "waders"}
        assert said == expected, (
            "Ada and Grace are at `/rooms/ponds`, Mary at `/rooms/shore`. Ada said "
            f"`newts`, Mary `waders`; they heard {said}. Expected {expected}, because "
            "what is said in a room is heard by all in it, and by no one else."
        )


async def survives_leavers(served: Served) -> None:
    async with opened(served, "/rooms/ridge") as ada:
        try:
            for number in range(4):
                async with opened(served, "/rooms/ridge") as leaver:
                    await ada.send(f"is it {number}?")
                    said = [await heard(leaver), await heard(ada)]
        except (TimeoutError, ConnectionClosed):
            if served.crashes:
                raise
            raise AssertionError(
                "Others came and left, and then nobody was heard any more. Expected "
                "Ada's line to go on, because who leaves must be taken off the list."
            ) from None
        assert said == ["is it 3?"] * 2, f"Ada said `is it 3?`, and I heard {said}."


PIECE, PIECES, BATCH = "n" * 40_000, 280, 20


async def is_not_held_up(served: Served) -> None:
    narrow = socket.create_connection(("127.0.0.1", served.listener.getsockname()[1]))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    options: dict[str, Any] = {
        "sock": narrow,
        "max_queue": 1,
        "close_timeout": 1,
        "ping_interval": None,
    }
    async with (
        opened(served, "/rooms/nests", **options) as slow,
        opened(served, "/rooms/nests", close_timeout=1) as ada,
    ):
        for batch in range(PIECES // BATCH):
            for _ in range(BATCH):
                await ada.send(PIECE)
            await reads(ada, BATCH, batch)
        dropped = await is_dropped(slow)
    assert dropped, (
        f"One client did not read while Ada sent {PIECES} messages; then it read, and "
        "its line stayed open. Expected it to be closed, because what waits for "
        "a client that does not read fills your memory."
    )


async def reads(line: ClientConnection, count: int, batch: int) -> None:
    try:
        for _ in range(count):
            await asyncio.wait_for(line.recv(), 3)
    except TimeoutError:
        raise AssertionError(
            "One client did not read. After some "
            f"{batch * BATCH} messages Ada heard nothing for 3 s. Expected her "
            "to hear each message, because the slowest client must not set the pace."
        ) from None


async def is_dropped(line: ClientConnection) -> bool:
    """Whether a close comes after all that was waiting."""
    try:
        while True:
            await asyncio.wait_for(line.recv(), 2)
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


@exercise(
    "ch08.relay",
    title="Two processes, one room, no message lost",
    hints=(
        "Where does the other process hear of a message? And who listens while your "
        "listener is being made anew?",
        "`redis.asyncio`: one `pubsub` for the life of the process, subscribed before "
        "the first client comes; `publish` for each message.",
        "In the lifespan: `await pubsub.subscribe(CHANNEL)`, and only then "
        "`asyncio.create_task(listen(pubsub))`, which sends to each socket.",
    ),
    why="one subscription that lives as long as its process misses nothing that is "
    "published in that time.",
)
async def relay(path: str) -> None:
    file = Path(path)
    if not file.is_file():
        raise AssertionError(f"There is no file {file.name}: run your cell first.")
    if "raise NotImplementedError" in file.read_text(encoding="utf-8"):
        raise NotImplementedError
    with copies(file) as (one, other):
        async with (
            connect(one) as ada,
            connect(one) as grace,
            connect(other) as mary,
        ):
            await all_hear_all({"Ada": ada, "Grace": grace, "Mary": mary})


@contextmanager
def copies(file: Path) -> Iterator[list[str]]:
    """Two processes that share nothing but Redis; the addresses of their sockets."""
    with services("redis") as running, ExitStack() as stack:
        env = running.environment | {"CHANNEL": f"ch08-{secrets.token_hex(6)}"}
        with ThreadPoolExecutor() as threads:  # one start takes as long as two
            starting = [
                threads.submit(launch, file, name=f"{file.name}, copy {n}", env=env)
                for n in (1, 2)
            ]
        processes = [stack.enter_context(one.result()) for one in starting]
        yield [process.url.replace("http", "ws") + "/ws" for process in processes]


async def all_hear_all(lines: dict[str, ClientConnection]) -> None:
    expected = {f"{name} {n}" for name in lines for n in range(50)}

    async def speak(name: str) -> None:
        for number in range(50):
            await lines[name].send(f"{name} {number}")
            await asyncio.sleep(0.002)

    hearing = {
        name: asyncio.create_task(listen(line, expected))
        for name, line in lines.items()
    }
    await asyncio.gather(*map(speak, lines), return_exceptions=True)
    for name, task in hearing.items():
        got = await task
        assert set(got) == expected, told(name, set(got), list(lines))
        assert len(got) == len(expected), (
            f"{name} heard {len(got)} messages, and only {len(expected)} were sent. "
            "Expected each once, because Redis brings it to the speaker's own "
            "process, too."
        )


async def listen(line: ClientConnection, expected: set[str]) -> list[str]:
    """What is heard until all has been, or nothing more comes."""
    got: list[str] = []
    try:
        while set(got) != expected:
            got.append(str(await asyncio.wait_for(line.recv(), 2)))
    except (TimeoutError, ConnectionClosed):
        pass
    return got


def told(name: str, got: set[str], names: list[str]) -> str:
    counts = {who: sum(text.startswith(who) for text in got) for who in names}
    heard = ", ".join(f"{count} of {who}'s" for who, count in counts.items())
    return (
        "I ran two copies of your app: Ada and Grace at one, Mary at the other. Each "
        f"sent 50 messages; of these {name} heard {heard}. Expected all 150, because "
        "whoever sits at another process is in the same room."
    )
