"""Send the beginning before the end exists. Try: fastapi dev streaming.py"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


def rows() -> Iterator[str]:
    yield "hour,kestrels\n"
    for hour in range(6, 10):
        yield f"{hour},{hour % 3}\n"


@app.get("/counts.csv")
async def counts() -> StreamingResponse:
    return StreamingResponse(rows(), media_type="text/csv")


async def beats() -> AsyncIterator[str]:
    for beat in count(1):
        yield f"beat {beat}\n"
        await asyncio.sleep(0.02)


# It has no end. When the client hangs up, the generator is cancelled.
@app.get("/pulse")
async def pulse() -> StreamingResponse:
    return StreamingResponse(beats(), media_type="text/plain")
