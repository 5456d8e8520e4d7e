# expect: each argument draws its own
from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI

numbers = count(1)


async def draw() -> int:
    return next(numbers)


Shared = Annotated[int, Depends(draw)]
Fresh = Annotated[int, Depends(draw)]

app = FastAPI()


@app.get("/shared")
async def share(first: Shared, second: Shared) -> list[int]:
    return [first, second]


@app.get("/fresh")
async def draw_twice(first: Shared, second: Fresh) -> list[int]:
    return [first, second]
