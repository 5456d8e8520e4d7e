"""The application: made from settings, so that a test may make another one.

Try: create_app(Settings(environment="local", database_url=..., admin_key=...))
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError, TimeoutError

from . import probes, sightings
from .database import connect
from .migrate import newest
from .schemas import Problem
from .settings import Settings
from .time_limit import TimeLimit

# Under uvicorn's name, because uvicorn has set that one up; chapter 15 has its own.
log = logging.getLogger("uvicorn.error.station")
AWAY = "The database does not answer at the moment. Nothing was stored; try again."
REFUSALS: dict[int | str, dict[str, Any]] = {
    408: {"model": Problem, "description": "The request came too slowly."},
    413: {"model": Problem, "description": "The body is too large."},
    503: {"model": Problem, "description": "Not at the moment."},
}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    url = make_url(settings.database_url.get_secret_value())
    shown = url.render_as_string(hide_password=True)
    log.info(
        "starts as %s, release %s, on %s", settings.environment, settings.release, shown
    )
    limits = settings.limits
    app.state.engine = connect(
        settings.database_url.get_secret_value(), limits.database_seconds
    )
    yield  # from SIGTERM on: the server has finished what was in flight
    await app.state.engine.dispose()
    log.info("the last request is answered, the database is let go")


async def answer_503(_request: Request, error: Exception) -> JSONResponse:
    # SQLite calls a missing table "operational", too; that one will not pass.
    if "no such" in str(getattr(error, "orig", "")):
        raise error
    return JSONResponse({"detail": AWAY}, 503, headers={"Retry-After": "1"})


def create_app(settings: Settings) -> FastAPI:
    public = settings.environment != "production"  # who may read the docs
    app = FastAPI(
        title="A station of the Observatory",
        version=settings.release,
        lifespan=lifespan,
        openapi_url="/openapi.json" if public else None,
        max_body_size=settings.limits.body_bytes,
        responses=REFUSALS,
    )
    app.state.settings, app.state.needs = settings, newest()
    app.add_middleware(TimeLimit, seconds=settings.limits.seconds)
    for error in (OperationalError, TimeoutError):
        app.add_exception_handler(error, answer_503)
    app.include_router(probes.router)
    app.include_router(sightings.router)
    return app
