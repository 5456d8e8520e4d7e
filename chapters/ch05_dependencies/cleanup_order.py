"""`yield`: what stands before it opens, what stands after it closes; read the log.

Try: fastapi dev cleanup_order.py, then /visit?ending=fine and /log
"""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log: list[str] = []


class WatchTheDoor:
    """Middleware that writes down when the last byte of an answer has left."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            await send(message)
            last = not message.get("more_body", False)
            if scope["path"].endswith("/visit") and "body" in message and last:
                log.append("answer sent")

        await self.app(scope, receive, watched)


app = FastAPI()
app.add_middleware(WatchTheDoor)


async def unlock_gate() -> AsyncIterator[str]:
    log.append("gate opened")
    try:
        yield "gate"
    except Exception as error:
        log.append(f"gate saw {type(error).__name__}")
        raise  # without this line the error would end here: see swallowed.py
    finally:
        log.append("gate closed")


async def enter_hide(gate: Annotated[str, Depends(unlock_gate)]) -> AsyncIterator[str]:
    log.append("hide opened")
    try:
        yield f"hide behind the {gate}"
    finally:
        log.append("hide closed")


Ending = Literal["fine", "refused", "crash"]


@app.get("/visit")
async def visit(
    ending: Ending,
    place: Annotated[str, Depends(enter_hide)],
    tasks: BackgroundTasks,
) -> dict[str, str]:
    log.append(f"endpoint runs: {ending}")
    tasks.add_task(log.append, "background task")
    if ending == "refused":
        raise HTTPException(409, "The hide is full.")
    if ending == "crash":
        raise RuntimeError("The roof leaks.")
    return {"place": place}


@app.get("/log")
async def read_log() -> list[str]:
    return log


@app.delete("/log", status_code=204)
async def clear_log() -> None:
    log.clear()
