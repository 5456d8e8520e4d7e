# expect: heard 0 tides
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def hear(socket: WebSocket) -> None:
    await socket.send_text(f"heard: {await socket.receive_text()}")


async def send_tide(socket: WebSocket) -> None:
    await asyncio.sleep(0.3)
    await socket.send_text("tide")


@app.websocket("/ws")
async def station(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            tasks = {
                asyncio.create_task(hear(socket)),
                asyncio.create_task(send_tide(socket)),
            }
            done, pending = await asyncio.wait(
                tasks, return_when=asyncio.FIRST_COMPLETED
            )
            for task in pending:
                task.cancel()
            for task in done:
                task.result()
    except WebSocketDisconnect:
        pass
