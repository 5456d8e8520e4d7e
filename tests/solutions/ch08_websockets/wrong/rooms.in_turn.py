# expect: Ada heard nothing for 3 s
from fastapi import FastAPI, WebSocket

app = FastAPI()

rooms: dict[str, set[WebSocket]] = {}


@app.websocket("/rooms/{room}")
async def talk(socket: WebSocket, room: str) -> None:
    await socket.accept()
    rooms.setdefault(room, set()).add(socket)
    try:
        async for text in socket.iter_text():
            for listener in list(rooms[room]):
                await listener.send_text(text)
    finally:
        rooms[room].discard(socket)
