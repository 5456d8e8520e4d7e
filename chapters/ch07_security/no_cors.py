"""No CORS here: a foreign page may not read the answer, but its request runs.

Try: fastapi dev no_cors.py, and call it from a page of another origin
"""

from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel

app = FastAPI()
seen: list[str] = []


class Note(BaseModel):
    text: str


@app.get("/notes")
async def list_notes() -> list[str]:
    return seen


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]


# Reads the body whatever its type says: a form of any site can reach this.
@app.post("/notes")
async def add_note(request: Request) -> dict[str, Any]:
    seen.append((await request.body()).decode(errors="replace"))
    return {"notes": len(seen)}


# FastAPI parses a model only if the request says that it is JSON.
@app.post("/typed-notes")
async def add_typed_note(note: Note) -> dict[str, Any]:
    seen.append(note.text)
    return {"notes": len(seen)}
