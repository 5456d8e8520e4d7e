"""Visitors who ask again and again, each time by a new connection.

Try: asyncio.run(crowd(8000, "/who", changes=[change])), with a server on port 8000
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

# Seconds before the second and the third time: a worker that ends needs them to end.
AGAIN = (0.02, 0.2)
Change = Callable[[], Awaitable[object]]


@dataclass
class Tally:
    """Every answer in order; what was lost, by reason; and how often we asked again."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    again: int = 0

    def all(self, name: str) -> list[Any]:
        """The different values of a field, in the order of their first answer."""
        return list(dict.fromkeys(answer[name] for answer in self.answers))


async def exchange(port: int, path: str) -> bytes:
    """All that came back: nothing, if the connection was closed before an answer."""
    question = f"GET {path} HTTP/1.1\r\nHost: station\r\nConnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(question.encode())
        await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def ask(port: int, path: str, tally: Tally) -> None:
    """One request. A GET without any answer is asked again, as browsers do it."""
    try:
        reply = await exchange(port, path)
        for pause in AGAIN:
            if not reply:
                tally.again += 1
                await asyncio.sleep(pause)
                reply = await exchange(port, path)
    except OSError:
        tally.lost["no connection"] += 1
        await asyncio.sleep(0.01)
        return
    head, _, body = reply.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 200"):
        tally.answers.append(json.loads(body))
    else:
        tally.lost[head[:12].decode() or "no answer"] += 1


async def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait for the event itself, and no longer than `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


async def more(tally: Tally, count: int) -> None:
    wanted = len(tally.answers) + count
    await until(lambda: len(tally.answers) >= wanted)


async def crowd(
    port: int,
    path: str,
    changes: Iterable[Change],
    visitors: int = 8,
    between: int = 80,
    breath: float = 0.0,
) -> Tally:
    """Let them ask; after every `between` answers make the next change.

    Each takes `breath` seconds before it asks again: without, eight of them take all
    that the machine has, and a worker that shall be replaced starts late.
    """
    tally, over = Tally(), asyncio.Event()

    async def keep_asking() -> None:
        while not over.is_set():
            await ask(port, path, tally)
            await asyncio.sleep(breath)

    async with asyncio.TaskGroup() as group:
        for _ in range(visitors):
            group.create_task(keep_asking())
        await more(tally, between)
        for change in changes:
            await change()
            await more(tally, between)
        over.set()
    return tally
