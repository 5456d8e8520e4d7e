from typing import Annotated

from fastapi import Cookie, FastAPI, WebSocket, WebSocketException

app = FastAPI()


@app.websocket("/ws")
async def enter(
    socket: WebSocket, badge: Annotated[str | None, Cookie()] = None
) -> None:
    if badge != "kestrel-7":
        raise WebSocketException(1008)
    await socket.accept()
    await socket.send_text("welcome")
    await socket.close()
