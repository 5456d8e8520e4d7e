"""The studio's API: it takes orders and answers at once; others draw.

Run: python -m chapters.ch14_text_to_image
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import redis
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from chapters.ch14_text_to_image.studio import database, events, orders, plates, roster
from chapters.ch14_text_to_image.studio.database import connect, prepare
from chapters.ch14_text_to_image.studio.dependencies import (
    Chosen,
    Posted,
    Session,
    answer_503,
)
from chapters.ch14_text_to_image.studio.models import Outgoing
from chapters.ch14_text_to_image.studio.outbox import Outbox
from chapters.ch14_text_to_image.studio.queue import broker
from chapters.ch14_text_to_image.studio.schemas import About, Health, Problem
from chapters.ch14_text_to_image.studio.settings import Settings
from chapters.ch14_text_to_image.studio.storage import Storage

PAGE = Path(__file__).parent / "page"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    engine = connect(settings)
    outbox = Outbox(engine, broker(settings), settings)
    await prepare(engine)
    relaying = asyncio.create_task(outbox.relay())
    storage = Storage(settings)
    lives = {"settings": settings, "engine": engine, "storage": storage}
    yield {**lives, "outbox": outbox}
    relaying.cancel()
    await asyncio.wait([relaying])
    outbox.queue.client.close()
    await engine.dispose()


app = FastAPI(
    title="The studio",
    lifespan=lifespan,
    max_body_size=20_000,
    responses={503: {"model": Problem, "description": "The database is away."}},
)
for error in database.AWAY:
    app.add_exception_handler(error, answer_503)
for part in (orders, plates, events):
    app.include_router(part.router)
app.mount("/page", StaticFiles(directory=PAGE), name="page")


@app.get("/", response_class=FileResponse, include_in_schema=False)
async def read_page(settings: Chosen) -> FileResponse:
    """Pictures come from the storage, and everything else from here."""
    pictures = settings.public_s3_endpoint or settings.s3_endpoint
    policy = f"default-src 'self'; img-src 'self' {pictures}"
    headers = {"Content-Security-Policy": policy}
    return FileResponse(PAGE / "index.html", headers=headers)


@app.get("/about")
async def read_about(session: Session) -> About:
    """Asked of the workers: this machine needs no model."""
    workers = await roster.present(session)
    if not workers:
        return About(workers=0)
    fields = [name for name in About.model_fields if name != "workers"]
    known = {name: getattr(workers[0], name) for name in fields}
    return About(workers=len(workers), **known)


@app.get("/health", responses={503: {"model": Health | Problem}})
async def read_health(session: Session, outbox: Posted, response: Response) -> Health:
    """503 while orders cannot be sent: they are kept, and no new ones should come."""
    waiting = await session.scalar(select(func.count()).select_from(Outgoing))
    workers = await roster.present(session)
    try:
        await run_in_threadpool(outbox.queue.client.ping)
        answers = True
    except redis.RedisError:
        answers = False
        response.status_code = 503
    return Health(
        database=True, broker=answers, waiting=waiting or 0, workers=len(workers)
    )
