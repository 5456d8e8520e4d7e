# expect: what is said in a room is heard by all in it
import asyncio
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

rooms: dict[str, set["Client"]] = {}


class Client:
    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.queue: asyncio.Queue[str] = asyncio.Queue(100)
        self.full = asyncio.Event()

    def hear(self, text: str) -> None:
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self.full.set()

    async def send(self) -> None:
        while True:
            await self.socket.send_text(await self.queue.get())

    async def read(self, room: str) -> None:
        async for text in self.socket.iter_text():
            for client in list(rooms["all"]):
                client.hear(text)


@app.websocket("/rooms/{room}")
async def talk(socket: WebSocket, room: str) -> None:
    await socket.accept()
    client = Client(socket)
    rooms.setdefault("all", set()).add(client)
    work = (client.send(), client.read(room), client.full.wait())
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        rooms["all"].discard(client)
        for task in tasks:
            task.cancel()
    if client.full.is_set():
        with suppress(TimeoutError, WebSocketDisconnect):
            await asyncio.wait_for(socket.close(1013), 5)
