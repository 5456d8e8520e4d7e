"""Hear and speak at once, in a task group: if one task fails, all end together.

Try: fastapi dev task_group.py
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
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(echo(socket), name="group echo")
            group.create_task(read_wind(socket, every), name="group wind")
    except* WebSocketDisconnect:
        pass


@app.get("/tasks")
async def list_tasks() -> list[str]:
    names = [task.get_name() for task in asyncio.all_tasks()]
    return sorted(name for name in names if name.startswith("group"))
