"""The trap: each client is served in turn, so all wait for the slowest.

Try: fastapi dev in_turn.py
"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

listeners: set[WebSocket] = set()


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    listeners.add(socket)
    try:
        while True:
            text = await socket.receive_text()
            for listener in list(listeners):
                await listener.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        listeners.discard(socket)
