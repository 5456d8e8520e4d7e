"""Every way to ask the forest, in turn, in one run: a table, and JSON below it.

Run: python -m chapters.ch12_prediction_api.race   (ROUNDS SECONDS VISITORS)
"""

import json
import logging
import multiprocessing
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import uvicorn

from chapters.ch12_prediction_api.orphans import leave_with_parent
from chapters.ch12_prediction_api.service.artefact import load
from chapters.ch12_prediction_api.service.schemas import Measurements
from chapters.ch12_prediction_api.service.settings import Settings
from chapters.ch12_prediction_api.service.training import provide, read_penguins
from chapters.ch12_prediction_api.standings import Measured, claims, missed, table
from chapters.ch12_prediction_api.visit import visit

WAYS = (
    *("bare", "validated", "cached", "inline"),
    *("def", "threadpool", "processes", "batched"),
)
spawn = multiprocessing.get_context("spawn")


def serve(listener: socket.socket) -> None:
    """In the server's process, until the race's own process is gone."""
    # Threads that overlap in a forest lose the process's warning filters.
    logging.captureWarnings(True)
    app = "chapters.ch12_prediction_api.ways:app"
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    leave_with_parent(partial(setattr, server, "should_exit", True))
    server.run(sockets=[listener])


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """The port and the process id of a server that is ready."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = spawn.Process(target=serve, args=(listener,))
        server.start()
    assert server.pid is not None
    try:
        # The listener accepts at once; the first answer comes when all is loaded.
        with socket.create_connection(("127.0.0.1", port), timeout=120) as first:
            first.sendall(b"GET /ping HTTP/1.1\r\nHost: penguins\r\n\r\n")
            assert first.recv(100).startswith(b"HTTP/1.1 200")
        yield port, server.pid
    finally:
        server.terminate()
        server.join()


def bodies(count: int = 16) -> list[object]:
    names = list(Measurements.model_fields)
    rows = read_penguins()[0][:count].tolist()
    return [dict(zip(names, row, strict=True)) for row in rows]


def rounds(
    most: int, seconds: float, visitors: int = 32, *, until_proven: bool = False
) -> Measured:
    """All ways once a round, each round beginning with another one."""
    measured: Measured = {way: [] for way in WAYS}
    asked = bodies()
    crowds = ProcessPoolExecutor(1, spawn, leave_with_parent)
    with serving() as (port, pid), crowds as crowd:
        for turn in range(most):
            for way in WAYS[turn % len(WAYS) :] + WAYS[: turn % len(WAYS)]:
                where = (port, pid, f"/{way}", asked, visitors, seconds)
                measured[way].append(crowd.submit(visit, *where).result())
            if until_proven and not missed(measured):
                break
    return measured


def limits(models: Path, version: str) -> dict[str, float]:
    """Rows a second when nothing stands between us and the model."""
    model = load(models / version)
    row = tuple(read_penguins()[0][0].tolist())
    found = {}
    for rows in (1, 64):
        calls, start = 0, time.perf_counter()
        while time.perf_counter() - start < 0.5:
            model.predict([row] * rows)
            calls += 1
        name = f"the model itself, {rows} row{'s' if rows > 1 else ''} a call"
        found[name] = calls * rows / (time.perf_counter() - start)
    return found


def main(most: str = "3", seconds: str = "2.0", visitors: str = "32") -> None:
    settings = Settings()
    provide(settings.models)
    measured = rounds(int(most), float(seconds), int(visitors))
    limit = limits(settings.models, settings.version)
    print(table(measured))
    for name, speed in limit.items():
        print(f"{name}: {speed:.0f} rows/s")
    for row in claims(measured):
        found = f"median {row['median']:.2f}", f"best {row['best']:.2f}"
        print(row["claim"], f"at least {row['at least']}", *found, sep=" · ")
    visits = {way: [asdict(one) for one in seen] for way, seen in measured.items()}
    print(json.dumps({"claims": claims(measured), "limits": limit, "visits": visits}))


if __name__ == "__main__":
    main(*sys.argv[1:])
