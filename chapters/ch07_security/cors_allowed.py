"""CORS opens a door, for the origins on the list and no others.

Try: OBSERVATORY_ORIGIN=http://127.0.0.1:9000 fastapi dev cors_allowed.py
"""

import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

ORIGIN = os.environ.get("OBSERVATORY_ORIGIN", "https://desk.reserve.example")
app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=[ORIGIN],
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["X-Station"],
    max_age=600,  # seconds for which a browser need not ask again
)


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]


@app.post("/notes")
async def add_note(note: dict[str, str]) -> dict[str, str]:
    return note
