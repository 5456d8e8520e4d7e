import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def hear(socket: WebSocket) -> None:
    while True:
        await socket.send_text(f"heard: {await socket.receive_text()}")


async def send_tides(socket: WebSocket) -> None:
    while True:
        await asyncio.sleep(0.3)
        await socket.send_text("tide")


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(hear(socket))
            group.create_task(send_tides(socket))
    except* WebSocketDisconnect:
        pass
