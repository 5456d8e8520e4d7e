# expect: opened the line and then closed it with code 1008
from typing import Annotated

from fastapi import Cookie, FastAPI, WebSocket, WebSocketException

app = FastAPI()


@app.websocket("/ws")
async def enter(
    socket: WebSocket, badge: Annotated[str | None, Cookie()] = None
) -> None:
    await socket.accept()
    if badge != "kestrel-7":
        raise WebSocketException(1008)
    await socket.send_text("welcome")
    await socket.close()
