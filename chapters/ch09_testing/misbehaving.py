"""A real server that misbehaves on demand: its path says how.

Try: async with serving() as url: ...
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

JSON = b"content-type: application/json\r\nconnection: close\r\n"
ANSWERS = {
    "fine": b"HTTP/1.1 200 OK\r\n" + JSON + b'\r\n{"wind": "north"}',
    "failing": b"HTTP/1.1 500 Oh\r\n" + JSON + b"\r\n{}",
    "nonsense": b"HTTP/1.1 200 OK\r\n" + JSON + b"\r\n<html>",
    # It promises a hundred bytes and hangs up after nine.
    "cut": b"HTTP/1.1 200 OK\r\n" + JSON + b'content-length: 100\r\n\r\n{"wind": ',
}


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    request = await reader.readuntil(b"\r\n\r\n")
    manner = request.split(b"/")[1].decode()
    if manner in ANSWERS:
        writer.write(ANSWERS[manner])
    else:
        await reader.read()  # slow: says nothing until the client hangs up
    with suppress(ConnectionError):
        await writer.drain()
    writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """Its address: `{url}/cut` is where it is cut off."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
