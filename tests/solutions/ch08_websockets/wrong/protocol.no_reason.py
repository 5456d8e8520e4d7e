# expect: a client must learn what is wrong
from typing import Any, Literal

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, ValidationError

app = FastAPI()


class Echo(BaseModel):
    type: Literal["echo"]
    payload: Any


@app.websocket("/ws")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            sent = Echo.model_validate_json(message.get("text") or "")
        except ValidationError:
            await socket.send_json({"type": "error"})
        else:
            await socket.send_json(sent.model_dump())
