# expect: Expected all 150
import asyncio
import os

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

CHANNEL = os.environ["CHANNEL"]
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
app = FastAPI()


async def speak(socket: WebSocket) -> None:
    await redis.publish(CHANNEL, await socket.receive_text())


async def listen(socket: WebSocket) -> None:
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        async for message in pubsub.listen():
            if message["type"] == "message":
                await socket.send_text(message["data"])


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            tasks = {
                asyncio.create_task(speak(socket)),
                asyncio.create_task(listen(socket)),
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
