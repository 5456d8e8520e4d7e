# expect: a text is not a PNG or JPEG picture
from typing import Any

from fastapi import FastAPI, HTTPException, UploadFile

app = FastAPI()


@app.post("/photos", status_code=201)
async def add_photo(photo: UploadFile) -> dict[str, Any]:
    if (photo.size or 0) > 100_000:
        raise HTTPException(413, "At most 100000 bytes.")
    return {"name": photo.filename, "size": photo.size}
