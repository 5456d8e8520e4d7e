"""A queue for each client: a slow one fills its own, is dropped, and holds up nobody.

Try: fastapi dev own_queue.py
"""

import asyncio
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

ROOM = 50  # messages that may wait for one client
GOODBYE = 2  # seconds that a close may take
dropped = 0


class TooSlow(Exception):
    """This client does not read what it asked for."""


class Listener:
    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.queue: asyncio.Queue[str] = asyncio.Queue(ROOM)
        self.full = asyncio.Event()

    def hear(self, text: str) -> None:
        """Never waits: what does not fit ends this client's line, not the talk."""
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self.full.set()

    async def send(self) -> None:
        while True:
            await self.socket.send_text(await self.queue.get())

    async def watch(self) -> None:
        await self.full.wait()
        raise TooSlow


listeners: set[Listener] = set()


async def speak(socket: WebSocket) -> None:
    async for text in socket.iter_text():
        for listener in list(listeners):
            listener.hear(text)
    raise WebSocketDisconnect


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    global dropped
    await socket.accept()
    listener = Listener(socket)
    listeners.add(listener)
    try:
        async with asyncio.TaskGroup() as group:
            for work in (speak(socket), listener.send(), listener.watch()):
                group.create_task(work)
    except* WebSocketDisconnect:
        pass
    except* TooSlow:
        dropped += 1
        listeners.discard(listener)
        # The close frame queues behind what was not read: wait, but not for ever.
        with suppress(TimeoutError):
            await asyncio.wait_for(socket.close(1013, "too slow"), GOODBYE)
    finally:
        listeners.discard(listener)


@app.get("/counts")
async def count() -> dict[str, int]:
    return {"listeners": len(listeners), "dropped": dropped}
