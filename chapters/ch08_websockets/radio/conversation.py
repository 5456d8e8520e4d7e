"""One open line: read, send and watch at once, until one of the three ends.

See `app.py` for who may open it.
"""

import asyncio
from contextlib import suppress

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from chapters.ch08_websockets.radio.hub import Listener, TooSlow
from chapters.ch08_websockets.radio.relay import Away
from chapters.ch08_websockets.radio.schemas import Refused, Said, Say, Sent
from chapters.ch08_websockets.radio.station import Station

AWAY = "Not sent: the relay is away. Try again when it is back."


class Conversation:
    def __init__(self, socket: WebSocket, station: Station, listener: Listener) -> None:
        self.socket, self.station, self.listener = socket, station, listener

    def answer(self, message: Sent) -> None:
        self.listener.hear(message.model_dump_json())

    async def run(self, seconds: float) -> None:
        """Until the client leaves, is too slow, or its token has expired."""
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for work in (self.read(), self.send(), self.listener.watch()):
                    group.create_task(work)
        except* TimeoutError:
            await self.close(1008, "Your session has expired.")
        except* WebSocketDisconnect:
            pass
        except* TooSlow:
            self.station.hub.dropped += 1
            self.station.hub.leave(self.listener)
            await self.close(1013, "You read too slowly.")

    async def close(self, code: int, why: str) -> None:
        # The close frame queues behind what was not read: wait, but not for ever.
        with suppress(TimeoutError, WebSocketDisconnect):
            await asyncio.wait_for(self.socket.close(code, why), 5)

    async def send(self) -> None:
        while True:
            await self.socket.send_text(await self.listener.queue.get())

    async def read(self) -> None:
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"])
            if message.get("text") is None:
                self.answer(Refused(why="Text is expected, not bytes."))
            else:
                await self.say(message["text"])

    async def say(self, content: str) -> None:
        try:
            new = Say.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "message"
            return self.answer(Refused(why=f"{place}: {first['msg']}"))
        said = Said(name=self.listener.name, text=new.text, ref=new.ref)
        try:
            await self.station.relay.publish(self.listener.room, said.model_dump_json())
        except Away:
            self.answer(Refused(ref=new.ref, why=AWAY))
