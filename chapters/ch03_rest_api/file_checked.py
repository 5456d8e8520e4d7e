"""Trust no upload: its type, its first bytes, its size.

Try: fastapi dev file_checked.py
"""

from fastapi import FastAPI, HTTPException, UploadFile, status

SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
LIMIT = 100_000

app = FastAPI()


@app.post("/photos", status_code=status.HTTP_201_CREATED)
async def add_photo(photo: UploadFile) -> dict[str, int | None]:
    signature = SIGNATURES.get(photo.content_type or "")
    if signature is None:
        raise HTTPException(
            status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, "Send a PNG or a JPEG picture."
        )
    # The client wrote the content type; the first bytes are harder to get wrong.
    if await photo.read(len(signature)) != signature:
        raise HTTPException(
            status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, "This is not what it says it is."
        )
    if (photo.size or 0) > LIMIT:
        raise HTTPException(
            status.HTTP_413_CONTENT_TOO_LARGE, f"At most {LIMIT} bytes, please."
        )
    return {"size": photo.size}
