"""One client's frames. A message: two numbers of 4 bytes, high byte first, and a JPEG.

The first numbers the frame; the second is the last answer that the client has read.
"""

import asyncio
import struct
from contextlib import suppress
from functools import partial

from fastapi import WebSocket, WebSocketDisconnect

from chapters.ch13_object_detection.buffers import Latest
from chapters.ch13_object_detection.service.pictures import Unusable
from chapters.ch13_object_detection.service.schemas import Answer, Refused, Welcome
from chapters.ch13_object_detection.service.watch import Watch

HEADER = struct.Struct(">II")
UNREAD = "You do not read what you asked for."


class Stream:
    def __init__(self, socket: WebSocket, watch: Watch) -> None:
        self.socket, self.watch, self.settings = socket, watch, watch.settings
        self.frames: Latest[bytes] = Latest()
        self.told = self.read = 0  # answers
        self.room = asyncio.Event()
        self.room.set()

    async def run(self) -> None:
        """Until the client leaves, or no longer reads."""
        await self.send(Welcome(model=self.watch.detector.named))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.receive())
                group.create_task(self.answer())
        except* WebSocketDisconnect:
            pass
        except* TimeoutError:
            with suppress(TimeoutError, WebSocketDisconnect):
                async with asyncio.timeout(self.settings.patience):
                    await self.socket.close(1008, UNREAD)
        finally:
            self.watch.lines.dropped += self.frames.dropped + len(self.frames.waiting)

    async def receive(self) -> None:
        """Never waits for the model: what is not taken in time is replaced."""
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message["code"])
            content = message.get("bytes") or b""
            if len(content) > HEADER.size:
                _, read = HEADER.unpack_from(content)
                self.read = min(max(self.read, read), self.told)
                self.make_room()
            self.watch.lines.frames += 1
            self.frames.put(content)

    async def answer(self) -> None:
        while True:
            await self.frames.arrived()
            async with asyncio.timeout(self.settings.patience):
                await self.room.wait()
            async with self.watch.turns.turn():
                content = self.frames.take()  # the newest, now that it is our turn
                answer = await self.look(content)
            await self.send(answer)

    async def look(self, content: bytes) -> Answer | Refused:
        self.told += 1
        self.make_room()
        if len(content) <= HEADER.size:
            why = "Two numbers of 4 bytes and a picture are expected."
            return self.refuse(None, why)
        frame_id, _ = HEADER.unpack_from(content)
        if len(content) > self.settings.frame_bytes:
            return self.refuse(frame_id, "The frame has too many bytes.")
        see = partial(self.watch.see, content[HEADER.size :])
        try:
            seen = await self.watch.turns.run(see)
        except Unusable as error:
            return self.refuse(frame_id, str(error))
        self.watch.lines.answered += 1
        return Answer(**seen.model_dump(), frame_id=frame_id, number=self.told)

    def refuse(self, frame_id: int | None, why: str) -> Refused:
        self.watch.lines.refused += 1
        return Refused(frame_id=frame_id, number=self.told, why=why)

    def make_room(self) -> None:
        """So few answers may be unread that they always fit into the socket."""
        if self.told - self.read < self.settings.unread:
            self.room.set()
        else:
            self.room.clear()

    async def send(self, message: Welcome | Answer | Refused) -> None:
        async with asyncio.timeout(self.settings.patience):
            await self.socket.send_text(message.model_dump_json())
