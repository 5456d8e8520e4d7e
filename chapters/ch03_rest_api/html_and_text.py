"""Not everything is JSON. Try: fastapi dev html_and_text.py"""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse

app = FastAPI()


@app.get("/html", response_class=HTMLResponse)
async def page() -> str:
    return "<h1>Heron Pond</h1><p>Open from dawn to dusk.</p>"


@app.get("/text", response_class=PlainTextResponse)
async def text() -> str:
    return "Heron Pond: open from dawn to dusk."
