"""Asked for twice in one request, run once; unless you say otherwise.

Try: fastapi dev caching.py
"""

from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI

numbers = count(1)


async def draw_ticket() -> int:
    return next(numbers)


Ticket = Annotated[int, Depends(draw_ticket)]
FreshTicket = Annotated[int, Depends(draw_ticket, use_cache=False)]

app = FastAPI()


@app.get("/shared")
async def share(first: Ticket, second: Ticket) -> list[int]:
    return [first, second]


@app.get("/fresh")
async def draw_again(first: Ticket, second: FreshTicket) -> list[int]:
    return [first, second]
