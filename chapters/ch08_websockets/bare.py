"""The limit to compare with: fan-out by `websockets` alone, in one process.

Run: python bare.py 8765
"""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

listeners: set[ServerConnection] = set()


async def talk(socket: ServerConnection) -> None:
    listeners.add(socket)
    try:
        async for text in socket:
            broadcast(listeners, text)
    finally:
        listeners.discard(socket)


async def main(port: int) -> None:
    async with serve(talk, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
