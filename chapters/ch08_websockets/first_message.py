"""The token comes as the first message, and it must come soon.

Try: fastapi dev first_message.py
"""

import asyncio
from contextlib import suppress

import jwt
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from chapters.ch08_websockets import tokens

app = FastAPI()

PATIENCE = 2.0  # seconds that a stranger may keep a line


async def sign_in(socket: WebSocket) -> str:
    async with asyncio.timeout(PATIENCE):
        name, _ = tokens.read(await socket.receive_text())
    return name


@app.websocket("/ws")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        try:
            name = await sign_in(socket)
        except TimeoutError:
            return await socket.close(1008, "No token came.")
        except (jwt.InvalidTokenError, KeyError):
            return await socket.close(1008, "A valid token, please.")
        await socket.send_text(f"Hello {name}")
        while True:
            await socket.send_text(f"heard: {await socket.receive_text()}")
