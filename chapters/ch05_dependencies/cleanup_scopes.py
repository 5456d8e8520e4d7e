"""When does it close: once the function has returned, or once the answer has left?

Try: fastapi dev cleanup_scopes.py
"""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse

log: list[str] = []

app = FastAPI()


async def open_archive() -> AsyncIterator[str]:
    log.append("archive opened")
    try:
        yield "archive"
    finally:
        log.append("archive closed")


UntilSent = Annotated[str, Depends(open_archive)]  # scope="request", the default
UntilReturned = Annotated[str, Depends(open_archive, scope="function")]


def pages() -> Iterator[str]:
    log.append("answer streams")
    yield "page 1"


@app.get("/until-sent")
async def read_until_sent(archive: UntilSent) -> StreamingResponse:
    return StreamingResponse(pages())


@app.get("/until-returned")
async def read_until_returned(archive: UntilReturned) -> StreamingResponse:
    return StreamingResponse(pages())


async def save_changes() -> AsyncIterator[None]:
    yield
    raise HTTPException(503, "The disk is full: nothing was saved.")


@app.post("/told-too-late", dependencies=[Depends(save_changes)])
async def tell_too_late() -> str:
    return "Saved."


@app.post("/told", dependencies=[Depends(save_changes, scope="function")])
async def tell() -> str:
    return "Saved."


@app.get("/log")
async def read_log() -> list[str]:
    return log
