"""A message says its type; a bad one is answered, and the line stays open.

Try: fastapi dev envelope.py
"""

from typing import Literal

from fastapi import FastAPI, WebSocket
from pydantic import BaseModel, Field, ValidationError

app = FastAPI()


class Report(BaseModel):
    type: Literal["report"]
    species: str = Field(min_length=1, max_length=40)
    count: int = Field(1, ge=0)


class Noted(BaseModel):
    type: Literal["noted"] = "noted"
    text: str


class Refused(BaseModel):
    type: Literal["refused"] = "refused"
    place: str
    why: str


def answer(content: str | bytes) -> Noted | Refused:
    if isinstance(content, bytes):
        return Refused(place="", why="Text is expected, not bytes.")
    try:
        report = Report.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return Refused(place=place, why=first["msg"])
    return Noted(text=f"{report.count} × {report.species}")


@app.websocket("/ws")
async def take_reports(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        message = await socket.receive()
        # A frame holds text or bytes; `receive_text` fails on the second.
        if message["type"] == "websocket.disconnect":
            return
        content = message.get("text")
        reply = answer(message["bytes"] if content is None else content)
        await socket.send_text(reply.model_dump_json())
