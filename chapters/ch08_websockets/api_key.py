"""FastAPI's security classes guard sockets, too. Try: fastapi dev api_key.py"""

from typing import Annotated

from fastapi import FastAPI, Security, WebSocket
from fastapi.security import APIKeyHeader

app = FastAPI()

Key = Annotated[str, Security(APIKeyHeader(name="X-Station-Key"))]


@app.websocket("/ws")
async def station(socket: WebSocket, key: Key) -> None:
    await socket.accept()
    await socket.send_text(f"a key of {len(key)} letters")
    await socket.close()
