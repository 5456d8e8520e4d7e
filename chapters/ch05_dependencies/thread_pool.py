"""A `def` dependency works in a thread of its own, an `async def` on the event loop.

Try: fastapi dev thread_pool.py
"""

from threading import current_thread
from typing import Annotated

from fastapi import Depends, FastAPI


def may_block() -> str:
    return current_thread().name


async def must_not_block() -> str:
    return current_thread().name


app = FastAPI()


@app.get("/threads")
async def name_threads(
    plain: Annotated[str, Depends(may_block)],
    awaited: Annotated[str, Depends(must_not_block)],
) -> dict[str, str]:
    return {"def": plain, "async def": awaited, "endpoint": current_thread().name}
