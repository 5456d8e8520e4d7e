"""Clients of the watch's stream: one in a hurry, two who share, one who never reads.

Try: burst(url, jpeg, 40), where url is the service's, with http.
"""

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

HEAD = struct.Struct(">II")  # number of the frame, number of the last answer read
PATIENCE = 30.0  # seconds


@contextmanager
def line(url: str) -> Iterator[ClientConnection]:
    """An open stream, of which the welcome has been read."""
    with connect(f"{url.replace('http', 'ws', 1)}/stream") as socket:
        assert hear(socket)["type"] == "welcome"
        yield socket


def hear(socket: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.recv(timeout=PATIENCE))
    return found


def burst(url: str, jpeg: bytes, count: int) -> list[int]:
    """Send `count` frames at once; the numbers of those that were answered."""
    with line(url) as socket:
        for number in range(1, count + 1):
            socket.send(HEAD.pack(number, 0) + jpeg)
        answered = [hear(socket)["frame_id"]]
        while answered[-1] != count:
            answered.append(hear(socket)["frame_id"])
    return answered


def share(url: str, jpeg: bytes, total: int) -> list[int]:
    """Two clients send more than the model can do: how many answers each had."""
    answered, over = [0, 0], threading.Event()

    def watch(which: int) -> None:
        with line(url) as socket:
            while not over.is_set():
                for _ in range(3):
                    socket.send(HEAD.pack(answered[which], answered[which]) + jpeg)
                hear(socket)
                answered[which] += 1
                if sum(answered) >= total:
                    over.set()

    threads = [threading.Thread(target=watch, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def never_reads(url: str, jpeg: bytes) -> tuple[int, str]:
    """Send on and on without reading: the code and reason with which it ends."""
    pause = threading.Event()
    with line(url) as socket:
        try:
            while not pause.wait(0.02):
                socket.send(HEAD.pack(1, 0) + jpeg)
        except ConnectionClosed:
            pass
    return socket.close_code or 0, socket.close_reason or ""
