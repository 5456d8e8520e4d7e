"""Four ways to follow a camera that is faster than the model; race.py compares them.

A client sends 4 bytes of frame number and a JPEG, and gets number and milliseconds.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import cycle
from statistics import median
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request, WebSocket, WebSocketDisconnect

from chapters.ch13_object_detection.buffers import DropNewest, Latest, Unbounded
from chapters.ch13_object_detection.scene import pan
from chapters.ch13_object_detection.service.settings import Settings
from chapters.ch13_object_detection.service.watch import Watch

Frames = Unbounded[bytes] | DropNewest[bytes] | Latest[bytes]
Look = Callable[[bytes], Awaitable[float]]

WAYS: dict[str, type[Frames]] = {
    "unbounded": Unbounded,
    "on-the-loop": DropNewest,  # and here the model runs on the event loop
    "drop-newest": DropNewest,
    "latest": Latest,
}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    watch = await Watch.begin(Settings())
    yield {"watch": watch}
    watch.end()


app = FastAPI(title="Four ways to follow a camera", lifespan=lifespan)


async def receive(socket: WebSocket, frames: Frames) -> None:
    async for content in socket.iter_bytes():
        frames.put(content)
    raise WebSocketDisconnect  # the client has left: end the group


async def answer(socket: WebSocket, frames: Frames, look: Look) -> None:
    while True:
        content = await frames.get()
        ms = await look(content[4:])
        frame_id = int.from_bytes(content[:4])
        await socket.send_json({"frame_id": frame_id, "ms": ms})


@app.websocket("/{way}")
async def follow(
    socket: WebSocket, way: Annotated[str, Path(pattern=f"^({'|'.join(WAYS)})$")]
) -> None:
    watch: Watch = socket.state.watch

    async def in_a_thread(jpeg: bytes) -> float:
        return (await watch.turns.run(partial(watch.see, jpeg))).ms

    async def on_the_loop(jpeg: bytes) -> float:
        return watch.see(jpeg).ms

    await socket.accept()
    frames = WAYS[way]()
    look = on_the_loop if way == "on-the-loop" else in_a_thread
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(receive(socket, frames))
            group.create_task(answer(socket, frames, look))
    except* WebSocketDisconnect:
        pass


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/bare")
async def run_bare(
    request: Request, seconds: Annotated[float, Query(gt=0, le=60)] = 1
) -> dict[str, float]:
    """The model with nothing around it: answers a second, and ms of one."""
    watch: Watch = request.state.watch
    return await watch.turns.run(partial(bare, watch, seconds))


def bare(watch: Watch, seconds: float) -> dict[str, float]:
    frames, times, start = cycle(pan()), [], time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        times.append(watch.see(next(frames)).ms)
    return {"rate": len(times) / spent, "ms": median(times)}
