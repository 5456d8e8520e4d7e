"""Python says user_agent, HTTP says User-Agent. Try: fastapi dev header_names.py"""

from typing import Annotated

from fastapi import FastAPI, Header

app = FastAPI()


@app.get("/")
async def who_calls(user_agent: Annotated[str, Header()]) -> dict[str, str]:
    return {"user_agent": user_agent}


@app.get("/via")
async def relays(x_relay: Annotated[list[str], Header()]) -> dict[str, list[str]]:
    return {"x_relay": x_relay}
