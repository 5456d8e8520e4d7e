"""The trap: both tasks are made anew in each round, so a chatty client gets no wind.

Try: fastapi dev starved_clock.py
"""

import asyncio
from typing import Annotated

from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect

app = FastAPI()

Seconds = Annotated[float, Query(gt=0, le=60)]


async def echo_once(socket: WebSocket) -> None:
    await socket.send_text(f"heard: {await socket.receive_text()}")


async def read_wind_once(socket: WebSocket, every: float) -> None:
    await asyncio.sleep(every)
    await socket.send_text("wind reading")


@app.websocket("/ws")
async def station(socket: WebSocket, every: Seconds = 10) -> None:
    await socket.accept()
    try:
        while True:
            echo = asyncio.create_task(echo_once(socket))
            wind = asyncio.create_task(read_wind_once(socket, every))
            tasks = {echo, wind}
            done, pending = await asyncio.wait(
                tasks, return_when=asyncio.FIRST_COMPLETED
            )
            for task in pending:
                task.cancel()  # the sleep, too: its seconds begin again
            for task in done:
                task.result()
    except WebSocketDisconnect:
        pass
