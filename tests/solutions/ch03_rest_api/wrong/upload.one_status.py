# expect: answered `400`
from typing import Any

from fastapi import FastAPI, HTTPException, UploadFile

PICTURES = {"image/png", "image/jpeg"}

app = FastAPI()


@app.post("/photos", status_code=201)
async def add_photo(photo: UploadFile) -> dict[str, Any]:
    size = photo.size or 0
    if photo.content_type not in PICTURES or size > 100_000:
        raise HTTPException(400, "Not this file.")
    return {"name": photo.filename, "size": size}
