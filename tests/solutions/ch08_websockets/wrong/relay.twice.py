# expect: Expected each once
import asyncio
import os
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket
from redis.asyncio import Redis

CHANNEL = os.environ["CHANNEL"]
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
sockets: set[WebSocket] = set()


async def listen(pubsub):
    async for message in pubsub.listen():
        if message["type"] == "message":
            for socket in list(sockets):
                await socket.send_text(message["data"])


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with redis, redis.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        listener = asyncio.create_task(listen(pubsub))
        yield
        listener.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    sockets.add(socket)
    try:
        async for text in socket.iter_text():
            for listener in list(sockets):
                await listener.send_text(text)
            await redis.publish(CHANNEL, text)
    finally:
        sockets.discard(socket)
