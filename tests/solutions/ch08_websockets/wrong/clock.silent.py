# expect: did not answer within 3 s
import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    await socket.receive_text()
    await asyncio.sleep(60)
