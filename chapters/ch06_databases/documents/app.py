"""The application: a client for as long as it runs, failures turned into answers.

Run: fastapi dev chapters/ch06_databases/documents/app.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chapters.ch06_databases.documents import boxes, visits
from chapters.ch06_databases.documents.database import answer_failures
from chapters.ch06_databases.documents.driver import connect, settled
from chapters.ch06_databases.documents.models import Problem
from chapters.ch06_databases.documents.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = app.state.settings = Settings()
    # Here, not at import: a client belongs to the event loop that is running.
    app.state.client = connect(
        settings.mongodb_url, settings.mongodb_driver, settings.mongodb_patience_ms
    )
    app.state.indexed = False
    yield
    await settled(app.state.client.close())


app = FastAPI(
    title="The Observatory in documents",
    lifespan=lifespan,
    responses={503: {"model": Problem, "description": "No database at the moment."}},
)
answer_failures(app)
app.include_router(boxes.router)
app.include_router(visits.router)
