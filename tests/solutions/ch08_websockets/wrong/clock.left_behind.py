# expect: a task whose client is gone works for nobody
import asyncio
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
kept = []


async def send_tides(socket: WebSocket) -> None:
    while True:
        await asyncio.sleep(0.3)
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_text("tide")


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    kept.append(asyncio.create_task(send_tides(socket)))
    kept.append(asyncio.create_task(asyncio.sleep(20)))
    async for text in socket.iter_text():
        await socket.send_text(f"heard: {text}")
