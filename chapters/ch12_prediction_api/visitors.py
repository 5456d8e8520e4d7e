"""Visitors who ask again as soon as they are answered, and one who pings.

Used by visit.py: asyncio.run(crowd(port, "/def", bodies, 32, 1.0))
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Self

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Visitor(asyncio.Protocol):
    """One kept connection, as lean as Python can be: it shares the machine."""

    def __init__(self, questions: Iterator[bytes], until: float, pause: float) -> None:
        self.questions, self.until, self.pause = questions, until, pause
        self.times: list[float] = []
        self.failed = 0
        self.buffer = b""
        self.done = asyncio.get_running_loop().create_future()

    def itself(self) -> Self:
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.asked = time.perf_counter()
        self.transport.write(next(self.questions))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not (blank and length and len(body) >= int(length[1])):
            return
        self.failed += not head.startswith(b"HTTP/1.1 200")
        self.buffer = b""
        self.times.append(time.perf_counter() - self.asked)
        if time.perf_counter() < self.until:
            asyncio.get_running_loop().call_later(self.pause, self.ask)
        else:
            self.done.set_result(None)
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """A server that hangs up, as after a 500, has failed this visitor."""
        if not self.done.done():
            self.failed += 1
            self.done.set_result(None)


def question(path: str, body: object = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: penguins"]
    lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


async def crowd(
    port: int, path: str, bodies: list[object], count: int, seconds: float
) -> tuple[list[Visitor], Visitor]:
    until = time.perf_counter() + seconds
    asked = cycle([question(path, body) for body in bodies])
    pings = Visitor(cycle([question("/ping")]), until, 0.01)
    visitors = [Visitor(asked, until, 0) for _ in range(count)]
    loop = asyncio.get_running_loop()
    for one in [*visitors, pings]:
        await loop.create_connection(partial(Visitor.itself, one), "127.0.0.1", port)
    await asyncio.gather(*(one.done for one in [*visitors, pings]))
    return visitors, pings
