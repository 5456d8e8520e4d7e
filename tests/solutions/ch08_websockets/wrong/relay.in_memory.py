# expect: heard 50 of Ada's, 50 of Grace's, 0 of Mary's
from fastapi import FastAPI, WebSocket

app = FastAPI()
sockets: set[WebSocket] = set()


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    sockets.add(socket)
    try:
        async for text in socket.iter_text():
            for listener in list(sockets):
                await listener.send_text(text)
    finally:
        sockets.discard(socket)
