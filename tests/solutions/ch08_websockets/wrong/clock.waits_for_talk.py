# expect: I was silent, and heard no tide
import time

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    last = time.monotonic()
    async for text in socket.iter_text():
        await socket.send_text(f"heard: {text}")
        if time.monotonic() - last >= 0.3:
            last = time.monotonic()
            await socket.send_text("tide")
