"""A crash says nothing to the visitor and everything to the log; debug=True tells all.

Try: fastapi dev generic_error.py, then /broken and /debugging/broken
"""

from typing import Any

from fastapi import FastAPI

app = FastAPI()
debugging = FastAPI(debug=True)
FAILS: dict[int | str, dict[str, Any]] = {
    500: {"description": "Our fault; the log knows more."}
}


@app.get("/broken", responses=FAILS)
@debugging.get("/broken", responses=FAILS)
async def fail() -> None:
    raise RuntimeError("no route to database db-7.internal as user gate")


app.mount("/debugging", debugging)
