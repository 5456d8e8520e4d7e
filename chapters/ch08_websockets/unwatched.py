"""The trap: a listener that works, until Redis is away longer than it has patience.

Try: REDIS_URL=redis://127.0.0.1:6379 fastapi dev unwatched.py
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

CHANNEL = os.environ.get("CHANNEL", "air")

redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
listeners: set[WebSocket] = set()


async def listen(pubsub: PubSub) -> None:
    async for message in pubsub.listen():
        if message["type"] == "message":
            for socket in list(listeners):
                await socket.send_text(message["data"])


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with redis, redis.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        app.state.listener = asyncio.create_task(listen(pubsub))
        yield
        app.state.listener.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    listeners.add(socket)
    try:
        async for text in socket.iter_text():
            await redis.publish(CHANNEL, text)
    finally:
        listeners.discard(socket)


@app.get("/listener")
async def read_listener() -> dict[str, bool]:
    return {"ended": app.state.listener.done()}
