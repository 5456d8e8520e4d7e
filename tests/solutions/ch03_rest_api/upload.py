from typing import Any

from fastapi import FastAPI, HTTPException, UploadFile

PICTURES = {"image/png", "image/jpeg"}

app = FastAPI()


@app.post("/photos", status_code=201)
async def add_photo(photo: UploadFile) -> dict[str, Any]:
    if photo.content_type not in PICTURES:
        raise HTTPException(415, "Send a PNG or a JPEG picture.")
    if photo.size is None or photo.size > 100_000:
        raise HTTPException(413, "At most 100000 bytes.")
    return {"name": photo.filename, "size": photo.size}
