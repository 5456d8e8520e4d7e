"""Clients that the notebook needs: a log of frames, a sleeper, a crowd that counts.

Try: with frames() as log, connect(url, logger=log) as line: ...
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
KINDS = ("TEXT", "BINARY", "CLOSE")
MARK = b"^"  # stands once in each message of a crowd


class FramePrinter(logging.Handler):
    """`> TEXT 'hello' [5 bytes]`: sent; with `<`: received."""

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if line[2:].startswith(KINDS):
            print(line)


@contextmanager
def frames() -> Iterator[logging.Logger]:
    logger = logging.getLogger("chapter 8's frames")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    printer = FramePrinter()
    logger.addHandler(printer)
    try:
        yield logger
    finally:
        logger.removeHandler(printer)


@asynccontextmanager
async def asleep(url: str) -> AsyncIterator[ClientConnection]:
    """A client that reads nothing before it is asked to."""
    where = urlsplit(url)
    narrow = socket.create_connection((where.hostname, where.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    options: dict[str, Any] = {
        "compression": None,
        "ping_interval": None,
        "close_timeout": 1,
    }
    async with connect(url, sock=narrow, max_queue=1, **options) as line:
        yield line


async def close_code(line: ClientConnection) -> int | None:
    """Read all that is left; the code with which the other side has closed."""
    try:
        while True:
            await asyncio.wait_for(line.recv(), 5)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def open_line(url: str, headers: dict[str, str]) -> Pair:
    """Shake hands by hand, to read the frames as plain bytes."""
    where = urlsplit(url)
    fields = {
        "Host": where.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "a2VzdHJlbC1rZXN0cmVsLQ==",
        "Sec-WebSocket-Version": "13",
    } | headers
    path = where.path or "/"
    lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items())]
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def count(reader: asyncio.StreamReader, times: int) -> None:
    while times > 0:
        chunk = await reader.read(65536)
        if not chunk:
            raise ConnectionError("a listener was dropped")
        times -= chunk.count(MARK)


class Crowd:
    """Listeners that count messages and take nothing apart, so as not to be slow."""

    def __init__(self, url: str, size: int, headers: dict[str, str]) -> None:
        self.url, self.size, self.headers = url, size, headers
        self.pairs: list[Pair] = []

    async def __aenter__(self) -> Self:
        opening = (open_line(self.url, self.headers) for _ in range(self.size))
        self.pairs = list(await asyncio.gather(*opening))
        return self

    async def __aexit__(self, *error: object) -> None:
        for _, writer in self.pairs:
            writer.close()

    async def hear(self, text: str, times: int) -> None:
        """The first one speaks; done when each has heard it each time."""
        _, speaker = self.pairs[0]
        content = text.encode()
        # A client's frame is masked; this mask of zeros changes nothing.
        head = bytes([0x81, 0xFE]) + len(content).to_bytes(2, "big") + bytes(4)
        for _ in range(times):
            speaker.write(head + content)
        counts = (count(reader, times) for reader, _ in self.pairs)
        await asyncio.wait_for(asyncio.gather(*counts), 30)
