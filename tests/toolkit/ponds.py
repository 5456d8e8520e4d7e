"""Programs that the tests launch, and how to see that a process has gone."""

import threading
import time

import psutil

POND = """
import os, subprocess, sys
from contextlib import asynccontextmanager

import anyio
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse

NAP = [sys.executable, "-S", "-c", "import threading; threading.Event().wait()"]


@asynccontextmanager
async def lifespan(app):
    print("the pond is filling")
    app.state.nap = subprocess.Popen(NAP)
    yield
    print("the pond is drained")


def echo(request):
    return PlainTextResponse(request.method)


def place(request):
    return PlainTextResponse(str(request.url_for("echo")))


def family(request):
    return JSONResponse([os.getpid(), app.state.nap.pid])


def endless(request):
    async def calls():
        while True:
            yield b"kraak" * 1000
            await anyio.sleep(0.01)

    return StreamingResponse(calls())


def named(name):
    app = Starlette(lifespan=lifespan)
    app.add_route("/name", lambda request: PlainTextResponse(name))
    app.add_route("/echo", echo, ["GET", "POST", "PUT", "PATCH", "DELETE"])
    for view in (place, family, endless):
        app.add_route("/" + view.__name__, view)
    return app


app = named("Heron Pond")
other = named("Salt Marsh")
"""

FOREVER = "import threading; threading.Event().wait()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_gone(pids: list[int], limit: float) -> list[int]:
    """Those of the processes that still live when the time is up."""
    end, clock = time.monotonic() + limit, threading.Event()
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < end:
        clock.wait(0.02)
    return left
