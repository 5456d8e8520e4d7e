"""Hear and speak at once: two tasks, until the first of them ends.

Try: fastapi dev two_tasks.py
"""

import asyncio
from itertools import count
from typing import Annotated

from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect

app = FastAPI()

Seconds = Annotated[float, Query(gt=0, le=60)]


async def echo(socket: WebSocket) -> None:
    while True:
        await socket.send_text(f"heard: {await socket.receive_text()}")


async def read_wind(socket: WebSocket, every: float) -> None:
    for number in count(1):
        await asyncio.sleep(every)
        await socket.send_text(f"wind reading {number}")


@app.websocket("/ws")
async def station(socket: WebSocket, every: Seconds = 10) -> None:
    await socket.accept()
    tasks = {
        asyncio.create_task(echo(socket), name="echo"),
        asyncio.create_task(read_wind(socket, every), name="wind"),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # An exception lies in its task until somebody asks for the result.
        for task in done:
            task.result()
    except WebSocketDisconnect:
        pass
    finally:
        for task in tasks:
            task.cancel()


@app.get("/tasks")
async def list_tasks() -> list[str]:
    """The tasks of open lines, to see that none outlives its client."""
    names = [task.get_name() for task in asyncio.all_tasks()]
    return sorted(name for name in names if name in ("echo", "wind"))
