"""A camera that sends sixty frames a second, whatever comes back; and one who pings.

Used by race.py: record(port, "latest", 3.0)
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median

import httpx
from websockets.asyncio.client import ClientConnection, connect

from chapters.ch13_object_detection.scene import pan

RATE = 60.0  # frames a second
PAUSE = 0.02  # seconds between two pings


@dataclass
class Filmed:
    """What came back: when, and how old the frame was, in seconds; the model's ms."""

    seconds: float
    sent: int = 0
    answers: list[tuple[float, float, float]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)  # which of them were answered
    pings: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second, between the first and the last."""
        if len(self.answers) < 2:
            return len(self.answers) / self.seconds
        first, last = self.answers[0][0], self.answers[-1][0]
        return (len(self.answers) - 1) / (last - first)

    def age(self, part: int | None = None, of: int = 3) -> float:
        """Median age of the frames answered, in ms; of one third of the time, if
        asked for: 0 is the first. Where none came: as old as the film."""
        ages = [
            age
            for at, age, _ in self.answers
            if part is None or part <= of * at / self.seconds < part + 1
        ]
        return 1e3 * median(ages or [self.seconds])

    @property
    def ping(self) -> float:
        return 1e3 * median(self.pings or [self.seconds])


def record(port: int, way: str, seconds: float, rate: float = RATE) -> Filmed:
    """In a process of its own: the camera must not share the server's, nor ours."""
    return asyncio.run(film(port, way, seconds, rate))


async def film(port: int, way: str, seconds: float, rate: float = RATE) -> Filmed:
    filmed = Filmed(seconds)
    due: dict[int, float] = {}
    address = f"ws://127.0.0.1:{port}/{way}"
    async with connect(address, compression=None, max_queue=None) as socket:
        start = time.perf_counter()
        reading = asyncio.create_task(read(socket, filmed, due, start))
        pinging = asyncio.create_task(ping(port, filmed))
        await send(socket, filmed, due, start, rate)
        for task in (reading, pinging):
            task.cancel()
        await asyncio.gather(reading, pinging, return_exceptions=True)
        socket.transport.abort()  # what is still on its way interests nobody
    return filmed


async def send(
    socket: ClientConnection,
    filmed: Filmed,
    due: dict[int, float],
    start: float,
    rate: float,
) -> None:
    """A frame ages from the moment at which the camera took it."""
    for number, jpeg in enumerate(cycle(pan())):
        due[number] = start + number / rate
        await asyncio.sleep(due[number] - time.perf_counter())
        if time.perf_counter() - start >= filmed.seconds:
            return
        await socket.send(number.to_bytes(4) + jpeg)
        filmed.sent += 1


async def read(
    socket: ClientConnection, filmed: Filmed, due: dict[int, float], start: float
) -> None:
    async for message in socket:
        answer, now = json.loads(message), time.perf_counter()
        number = answer["frame_id"]
        filmed.frames.append(number)
        filmed.answers.append((now - start, now - due[number], answer["ms"] / 1e3))


async def ping(port: int, filmed: Filmed) -> None:
    """How long everybody else waits meanwhile."""
    async with httpx.AsyncClient(timeout=30) as client:
        while True:
            asked = time.perf_counter()
            await client.get(f"http://127.0.0.1:{port}/ping")
            filmed.pings.append(time.perf_counter() - asked)
            await asyncio.sleep(PAUSE)
