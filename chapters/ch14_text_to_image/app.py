"""The studio under /studio, the first try under /basic.

A mounted app's lifespan is not run by itself, so this one runs the studio's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from chapters.ch14_text_to_image import basic_api
from chapters.ch14_text_to_image.studio.app import app as studio


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """What the studio's yields becomes `request.state`, here as when it runs alone."""
    async with studio.router.lifespan_context(studio) as state:
        yield dict(state or {})


app = FastAPI(title="Chapter 14: text to image", lifespan=lifespan)


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return ["/basic", "/studio"]


app.mount("/basic", basic_api.app, name="basic")
app.mount("/studio", studio, name="studio")
