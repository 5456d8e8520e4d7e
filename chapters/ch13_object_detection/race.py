"""Which frame should the model get next? Each way in turn, in one run: a table, bars.

Run: python -m chapters.ch13_object_detection.race   (SERIES SECONDS LONG)
"""

import json
import logging
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

import httpx
import uvicorn

from chapters.ch12_prediction_api.orphans import leave_with_parent
from chapters.ch13_object_detection.camera import RATE, record
from chapters.ch13_object_detection.standings import Series, missed, table
from chapters.ch13_object_detection.ways import WAYS

spawn = multiprocessing.get_context("spawn")


def serve(listener: socket.socket) -> None:
    """In the server's process, until the race's own process is gone."""
    logging.captureWarnings(True)
    app = "chapters.ch13_object_detection.ways:app"
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    leave_with_parent(partial(setattr, server, "should_exit", True))
    server.run(sockets=[listener])


@contextmanager
def serving() -> Iterator[int]:
    """The port of a server whose model is loaded."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        server = spawn.Process(target=serve, args=(listener,))
        server.start()
    try:
        # The listener accepts at once; the first answer comes when all is loaded.
        httpx.get(f"http://127.0.0.1:{port}/ping", timeout=120).raise_for_status()
        yield port
    finally:
        server.terminate()
        server.join()


def bare(port: int, seconds: float) -> dict[str, float]:
    url = f"http://127.0.0.1:{port}/bare"
    reply = httpx.get(url, params={"seconds": seconds}, timeout=seconds + 60)
    found: dict[str, float] = reply.raise_for_status().json()
    return found


def one_series(port: int, seconds: float, long: float, apart: Executor) -> Series:
    """All ways; the model alone before and after the one that is compared with it."""
    ways = dict.fromkeys(WAYS, seconds) | {"latest": long}
    filmed, alone = {}, [bare(port, seconds)]
    rate = max(RATE, 3 * alone[0]["rate"])  # for a machine with a faster model
    for way, time in ways.items():
        if way == "latest":
            alone = [bare(port, seconds)]
        filmed[way] = apart.submit(record, port, way, time, rate).result()
    alone.append(bare(port, seconds))
    return Series(alone, filmed)


def run(
    most: int,
    seconds: float,
    long: float,
    lacking: Callable[[Series], list[str]] = missed,
) -> list[Series]:
    """Up to `most` series, until one of them lacks nothing: a machine that has other
    work to do spoils one now and then."""
    series: list[Series] = []
    cameras = ProcessPoolExecutor(1, spawn, leave_with_parent)
    with serving() as port, cameras as apart:
        while len(series) < most and (not series or lacking(series[-1])):
            series.append(one_series(port, seconds, long, apart))
    return series


def main(most: str = "3", seconds: str = "4", long: str = "30") -> int:
    """0 if the bars were met, else 1: who calls this in a script must notice."""
    series = run(int(most), float(seconds), float(long))
    last = series[-1]
    print(table(last))
    for line in missed(last):
        print("MISSED:", line)
    verdict = {"series": len(series), "missed": missed(last)}
    load = os.getloadavg()[0]
    print(json.dumps(verdict | last.figures() | {"load": round(load, 2)}))
    return bool(missed(last))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
