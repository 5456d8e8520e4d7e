"""A socket that answers each message. Try: fastapi dev echo.py"""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(f"heard: {await socket.receive_text()}")
    except WebSocketDisconnect:
        print("gone")
