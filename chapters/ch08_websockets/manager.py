"""A room in one process: who is connected, and how to tell them all.

Try: fastapi dev manager.py
"""

import os
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self) -> None:
        self.rooms: dict[str, set[WebSocket]] = {}

    def join(self, room: str, socket: WebSocket) -> None:
        self.rooms.setdefault(room, set()).add(socket)

    def leave(self, room: str, socket: WebSocket) -> None:
        self.rooms[room].discard(socket)
        if not self.rooms[room]:
            del self.rooms[room]

    async def tell(self, room: str, text: str) -> None:
        for socket in list(self.rooms[room]):
            # Whoever is gone by now: its own endpoint hears of it, too.
            with suppress(WebSocketDisconnect):
                await socket.send_text(text)


manager = ConnectionManager()


@app.websocket("/rooms/{room}")
async def talk(socket: WebSocket, room: str) -> None:
    await socket.accept()
    manager.join(room, socket)
    try:
        while True:
            await manager.tell(room, await socket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.leave(room, socket)


@app.get("/rooms")
async def count_listeners() -> dict[str, int]:
    """How many are in each room, as this process knows."""
    return {room: len(sockets) for room, sockets in manager.rooms.items()}


@app.websocket("/process")
async def name_process(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(str(os.getpid()))
    await socket.close()
