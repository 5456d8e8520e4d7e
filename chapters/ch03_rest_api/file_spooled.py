"""A file with a name and a type, on disk once it is large.

Try: fastapi dev file_spooled.py
"""

from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/photos")
async def add_photo(photo: UploadFile) -> dict[str, str | int | None]:
    head = await photo.read(8)
    return {
        "name": photo.filename,
        "type": photo.content_type,
        "size": photo.size,
        "begins": head.hex(" "),
    }
