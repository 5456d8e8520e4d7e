"""The same rule as you will meet it in older code. Try: fastapi dev old_style.py

Write the second form: the default stays a default, so the function can be called.
"""

from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/old")
async def list_old(size: int = Query(10, le=100)) -> dict[str, int]:
    return {"size": size}


@app.get("/new")
async def list_new(size: Annotated[int, Query(le=100)] = 10) -> dict[str, int]:
    return {"size": size}
