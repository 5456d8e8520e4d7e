"""A small file, all of it in memory. Try: fastapi dev file_bytes.py"""

from typing import Annotated

from fastapi import FastAPI, File

app = FastAPI()


@app.post("/photos")
async def add_photo(photo: Annotated[bytes, File()]) -> dict[str, int]:
    return {"size": len(photo)}
