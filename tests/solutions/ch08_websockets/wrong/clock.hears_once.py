# expect: of them were not answered
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(f"heard: {await socket.receive_text()}")
    try:
        while True:
            await asyncio.sleep(0.3)
            await socket.send_text("tide")
    except WebSocketDisconnect:
        pass
