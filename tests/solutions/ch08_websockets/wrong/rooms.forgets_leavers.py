# expect: who leaves must be taken off the list
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

rooms: dict[str, list[WebSocket]] = {}


@app.websocket("/rooms/{room}")
async def talk(socket: WebSocket, room: str) -> None:
    await socket.accept()
    rooms.setdefault(room, []).insert(0, socket)
    try:
        while True:
            text = await socket.receive_text()
            for listener in rooms[room]:
                await listener.send_text(text)
    except WebSocketDisconnect:
        print("gone")
