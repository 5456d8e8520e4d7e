"""Find objects in an upload, and trust whoever sends it. See what that costs.

Run: fastapi dev chapters/ch13_object_detection/trusting.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, UploadFile
from PIL import Image

NANODET = Path(__file__).parents[2] / "assets" / "models" / "nanodet-coco"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    # Seconds: an importer of this module should not wait for torch.
    from chapters.ch13_object_detection.photo import load

    yield {"loaded": load(str(NANODET))}


app = FastAPI(title="Objects in a picture", lifespan=lifespan)


@app.post("/detections")
def detect(image: UploadFile, request: Request) -> list[dict[str, Any]]:
    from chapters.ch13_object_detection import photo

    return photo.detect(Image.open(image.file), *request.state.loaded)
