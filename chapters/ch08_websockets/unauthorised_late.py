"""The trap: the token is looked at once the line is open, and open is too late.

Try: fastapi dev unauthorised_late.py
"""

import jwt
from fastapi import FastAPI, WebSocket

from chapters.ch08_websockets import tokens

app = FastAPI()

listeners: set[WebSocket] = set()


@app.websocket("/ws")
async def listen(socket: WebSocket, token: str = "") -> None:
    await socket.accept()
    listeners.add(socket)
    try:
        for listener in list(listeners):
            await listener.send_text("the nest is in the third oak")
        tokens.read(token)
    except jwt.InvalidTokenError:
        await socket.close(1008, "A valid token, please.")
    finally:
        listeners.discard(socket)
