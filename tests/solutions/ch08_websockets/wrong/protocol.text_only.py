# expect: your code raised
import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            text = await socket.receive_text()
            try:
                message = json.loads(text)
                assert message["type"] == "echo"
            except (ValueError, KeyError, TypeError, AssertionError):
                message = {"type": "error", "why": "not understood"}
            await socket.send_json(message)
    except WebSocketDisconnect:
        pass
