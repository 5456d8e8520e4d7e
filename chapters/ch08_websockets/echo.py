"""One line, kept open: each text comes back. Try: fastapi dev echo.py"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            text = await socket.receive_text()
            await socket.send_text(f"heard: {text}")
    except WebSocketDisconnect as gone:
        print(f"the other side has closed, code {gone.code}")
