"""What blocks whom? Ask /slow-async, and /fast meanwhile; then /slow-sync and /fast."""

import time

from fastapi import FastAPI

SECONDS = 1.0
app = FastAPI()


@app.get("/fast")
async def fast() -> dict[str, str]:
    return {"endpoint": "fast"}


@app.get("/slow-async")
async def slow_async() -> dict[str, str]:
    print("slow-async begins")
    time.sleep(SECONDS)  # on the event loop: everybody waits
    return {"endpoint": "slow-async"}


@app.get("/slow-sync")
def slow_sync() -> dict[str, str]:
    print("slow-sync begins")
    time.sleep(SECONDS)  # in a thread: only this visitor waits
    return {"endpoint": "slow-sync"}
