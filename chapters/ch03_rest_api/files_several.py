"""Several files under one name. Try: fastapi dev files_several.py"""

from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/photos")
async def add_photos(photos: list[UploadFile]) -> list[dict[str, str | int | None]]:
    return [{"name": photo.filename, "size": photo.size} for photo in photos]
