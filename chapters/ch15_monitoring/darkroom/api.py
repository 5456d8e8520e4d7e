"""Takes photos and tells what became of them. It knows nothing of who watches it."""

import uuid
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException
from loguru import logger
from pydantic import BaseModel, Field

from chapters.ch15_monitoring.darkroom.tasks import broker, develop, key

app = FastAPI(title="The darkroom")


class Photo(BaseModel):
    title: Annotated[str, Field(max_length=80)]
    baths: Annotated[int, Field(ge=1, le=500)] = 1


class Receipt(BaseModel):
    id: str


@app.post("/photos", status_code=202)
def take(photo: Photo) -> Receipt:
    photo_id = uuid.uuid4().hex
    logger.info("a photo of {title}", title=photo.title)
    develop.send(photo_id, photo.title, photo.baths)
    return Receipt(id=photo_id)


@app.get("/photos/{photo_id}", responses={404: {"description": "Not developed"}})
def read(photo_id: str) -> dict[str, str]:
    found: Any = broker.client.get(key(photo_id))
    if found is None:
        raise HTTPException(404, "Not developed, or not yet.")
    return {"id": photo_id, "print": found.decode()[:16]}


@app.get("/leak", responses={500: {"description": "Always"}})
def leak(password: str = "", email: str = "") -> None:
    """A pipe bursts, with secrets in the address and in the variables."""
    logger.warning("the pipe under {email} leaks, password={password}", **locals())
    raise RuntimeError(f"the pipe burst for {email}, token={password}")
