# expect: the next request draws again
from functools import lru_cache
from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI

numbers = count(1)


@lru_cache
def draw() -> int:
    return next(numbers)


Shared = Annotated[int, Depends(draw)]
Fresh = Annotated[int, Depends(draw, use_cache=False)]

app = FastAPI()


@app.get("/shared")
async def share(first: Shared, second: Shared) -> list[int]:
    return [first, second]


@app.get("/fresh")
@lru_cache
def draw_twice(first: Shared, second: Fresh) -> list[int]:
    return [first, second]
