"""A service that opens before its first visitor and closes after its last.

Try: fastapi dev front_desk.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    print("the desk opens")
    app.state.guests = []
    yield
    del app.state.guests
    print("the desk closes")


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def greet() -> dict[str, str | int]:
    app.state.guests.append("somebody")
    return {"observatory": "open", "guests": len(app.state.guests)}
