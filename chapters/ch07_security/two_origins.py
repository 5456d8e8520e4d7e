"""Pages to be opened from another port: our front desk, and somebody else's site.

Try: serve this on a second port, open /front-desk?api=http://127.0.0.1:8007
"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

PAGES = Path(__file__).parent / "pages"
app = FastAPI()


@app.get("/front-desk", response_class=HTMLResponse)
async def read_front_desk() -> str:
    return (PAGES / "front_desk.html").read_text("utf-8")


@app.get("/elsewhere", response_class=HTMLResponse)
async def read_elsewhere() -> str:
    return (PAGES / "elsewhere.html").read_text("utf-8")
