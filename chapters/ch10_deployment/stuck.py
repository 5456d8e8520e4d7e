"""A worker that hangs: it blocks the loop, so that it cannot even say it lives.

Run: gunicorn -k asgi --timeout 2 chapters.ch10_deployment.stuck:app
"""

import os
import threading

from fastapi import FastAPI

app = FastAPI()


@app.get("/who")
async def who() -> int:
    return os.getpid()


@app.get("/stuck")
async def stuck() -> None:
    print("stuck", flush=True)
    threading.Event().wait()  # never set, and not awaited: the loop stands still
