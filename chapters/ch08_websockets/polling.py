"""The same news twice: asked for again and again, or sent when there is some.

Try: fastapi dev polling.py
"""

import asyncio
from typing import Annotated

from fastapi import FastAPI, Query, WebSocket

app = FastAPI()

NEWS = ["the kestrel is back", "three eggs", "one has hatched"]
PAUSE = 200  # milliseconds between two pieces of news


@app.get("/news")
async def read_news(since: Annotated[int, Query(ge=0)]) -> list[str]:
    """What had happened `since` milliseconds after the first visit."""
    return NEWS[: since // PAUSE]


@app.websocket("/ws")
async def tell_news(socket: WebSocket) -> None:
    await socket.accept()
    for line in NEWS:
        await asyncio.sleep(PAUSE / 1000)
        await socket.send_text(line)
    await socket.close()
