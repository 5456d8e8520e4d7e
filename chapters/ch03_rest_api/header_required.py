"""A header is an argument. Try: fastapi dev header_required.py"""

from typing import Annotated

from fastapi import FastAPI, Header

app = FastAPI()


@app.get("/")
async def greet(station: Annotated[str, Header()]) -> dict[str, str]:
    return {"station": station}
