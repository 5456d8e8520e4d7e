"""A picture from the disk, whole or in part. Try: fastapi dev file_download.py"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse

KESTREL = Path(__file__).parents[2] / "assets" / "images" / "kestrel.png"

app = FastAPI()


@app.get("/kestrel", response_class=FileResponse)
async def kestrel() -> Path:
    return KESTREL


@app.get("/kestrel/download")
async def download() -> FileResponse:
    return FileResponse(KESTREL, filename="kestrel.png")
