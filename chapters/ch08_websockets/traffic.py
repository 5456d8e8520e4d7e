"""Clients that the notebook needs: a log of frames, a sleeper, a chatterbox.

Try: with frames() as log, connect(url, logger=log) as line: ...
"""

import asyncio
import json
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

KINDS = ("TEXT", "BINARY", "CLOSE")


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
async def asleep(
    url: str, headers: dict[str, str] | None = None
) -> AsyncIterator[ClientConnection]:
    """A client that reads nothing before it is asked to."""
    where = urlsplit(url)
    narrow = socket.create_connection((where.hostname, where.port))
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    options: dict[str, Any] = {
        "compression": None,
        "ping_interval": None,
        "close_timeout": 1,
    }
    async with connect(
        url, sock=narrow, max_queue=1, additional_headers=headers, **options
    ) as line:
        yield line


async def close_code(line: ClientConnection) -> int | None:
    """Read all that is left; the code with which the other side has closed."""
    try:
        while True:
            await asyncio.wait_for(line.recv(), 5)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def chat(url: str, seconds: float = 1.0) -> Counter[str]:
    """Talk without a pause; what was heard, by its first word."""
    words: Counter[str] = Counter()
    async with connect(url) as line:

        async def listen() -> None:
            async for text in line:
                words[str(text).split(maxsplit=1)[0]] += 1

        listening = asyncio.create_task(listen())
        for _ in range(int(seconds / 0.02)):
            await line.send("and then")
            await asyncio.sleep(0.02)
        listening.cancel()
    return words


async def said(line: ClientConnection, texts: int) -> list[str]:
    """The next so many texts that were said in the radio room."""
    heard: list[str] = []
    while len(heard) < texts:
        message = json.loads(await asyncio.wait_for(line.recv(), 10))
        if message["type"] == "said":
            heard.append(message["text"])
    return heard


async def eventually(probe: Callable[[], object], within: float = 20) -> None:
    """Wait until the probe answers yes."""
    async with asyncio.timeout(within):
        while not probe():
            await asyncio.sleep(0.02)
