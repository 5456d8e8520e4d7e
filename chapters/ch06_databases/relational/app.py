"""The application: routers, tables made at the start, failures turned into answers.

Run: fastapi dev chapters/ch06_databases/relational/app.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chapters.ch06_databases.relational import sightings, stations
from chapters.ch06_databases.relational.database import UNAVAILABLE, connect
from chapters.ch06_databases.relational.models import Base
from chapters.ch06_databases.relational.schemas import Problem
from chapters.ch06_databases.relational.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = Settings()
    engine = connect(settings.database_url, settings.database_busy_seconds)
    app.state.engine = engine
    try:
        if settings.database_create_tables:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
        yield
    finally:
        await engine.dispose()


app = FastAPI(
    title="The Observatory in tables",
    lifespan=lifespan,
    responses={503: {"model": Problem, "description": "No database at the moment."}},
)
for error, answer in UNAVAILABLE.items():
    app.add_exception_handler(error, answer)
app.include_router(stations.router)
app.include_router(sightings.router)
