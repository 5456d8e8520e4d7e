"""Many listeners that only count: quick enough to measure a server with.

Try: async with Crowd(url, 20, {}) as crowd: await crowd.hear("hello^", times=50)
"""

import asyncio
from typing import Self
from urllib.parse import urlsplit

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
MARK = b"^"  # stands once in each message


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
