"""Where the hash is computed decides who waits: everybody, or only who signs in.

Try: fastapi dev hashing_place.py, then POST /on-loop and GET /ping at once
"""

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pwdlib import PasswordHash

app = FastAPI()
hashes = PasswordHash.recommended()


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.post("/on-loop")
async def hash_on_loop() -> int:
    return len(hashes.hash("herons nest in the oak"))


@app.post("/in-thread")
async def hash_in_thread() -> int:
    return len(await run_in_threadpool(hashes.hash, "herons nest in the oak"))


@app.post("/plain-def")
def hash_in_plain_def() -> int:  # FastAPI itself runs a plain `def` in a thread
    return len(hashes.hash("herons nest in the oak"))
