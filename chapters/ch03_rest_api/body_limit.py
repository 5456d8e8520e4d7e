"""Stop a flood before it fills the memory. Try: fastapi dev body_limit.py"""

from typing import Annotated

from fastapi import Body, FastAPI, File

app = FastAPI(max_body_size=1_000)


@app.post("/notes")
async def add_note(text: Annotated[str, Body(embed=True)]) -> dict[str, int]:
    return {"length": len(text)}


@app.post("/photos", max_body_size=50_000)
async def add_photo(photo: Annotated[bytes, File()]) -> dict[str, int]:
    return {"size": len(photo)}
