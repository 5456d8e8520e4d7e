# expect: the tide has a clock of its own
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(f"heard: {text}")
        await socket.send_text("tide")
