"""A parameter is an injection already: ask for a value, not for a way to get it.

Try: fastapi dev already_injected.py
"""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request

app = FastAPI()


@app.get("/")
async def read_device(user_agent: Annotated[str, Header()]) -> dict[str, str]:
    return {"device": user_agent}


# The same by hand: more lines, and the docs page does not know of the header.
@app.get("/by-hand")
async def read_device_by_hand(request: Request) -> dict[str, str]:
    device = request.headers.get("user-agent")
    if device is None:
        raise HTTPException(422, "The header User-Agent is missing.")
    return {"device": device}
