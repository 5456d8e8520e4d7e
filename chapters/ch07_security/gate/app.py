"""The gate, put together: routers inside, three middlewares around them.

Run: uvicorn --factory chapters.ch07_security.gate.app:from_environment
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from chapters.ch07_security.gate import accounts, live, sightings, signing_in
from chapters.ch07_security.gate.attempts import Attempts
from chapters.ch07_security.gate.csrf import CSRF_HEADER, CSRFMiddleware
from chapters.ch07_security.gate.database import open_database
from chapters.ch07_security.gate.passwords import Passwords
from chapters.ch07_security.gate.protective_headers import ProtectiveHeaders
from chapters.ch07_security.gate.schemas import Refusal, Responses
from chapters.ch07_security.gate.settings import Settings
from chapters.ch07_security.gate.signed_in import Gate

LARGEST = 16_000  # bytes; a sighting needs a few hundred
REFUSALS: Responses = {
    400: {"model": Refusal, "description": "The body cannot be read."},
    401: {"model": Refusal, "description": "Not signed in, or no longer."},
    403: {"model": Refusal, "description": "Known, and not allowed."},
    413: {"description": "The body is too large."},
}


async def without_input(
    request: Request, error: RequestValidationError
) -> JSONResponse:
    """A refused password is not sent back, and half a character breaks no answer."""
    kept = ("type", "loc", "msg")
    detail = [{key: one[key] for key in kept} for one in error.errors()]
    return JSONResponse({"detail": detail}, 422)


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_database(settings.database_url) as sessions:
            passwords, attempts = Passwords(settings), Attempts(settings)
            app.state.gate = Gate(settings, sessions, passwords, attempts)
            yield

    app = FastAPI(
        title="The gate of the reserve",
        lifespan=lifespan,
        openapi_url="/openapi.json" if settings.docs else None,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST,
        responses=REFUSALS,
        exception_handlers={RequestValidationError: without_input},
    )
    for part in (accounts.router, accounts.wardens, signing_in.router):
        app.include_router(part)
    for part in (sightings.router, live.router):
        app.include_router(part)
    app.get("/health")(read_health)
    protect(app, settings)
    return app


async def read_health() -> dict[str, bool]:
    return {"open": True}


def protect(app: FastAPI, settings: Settings) -> None:
    """What is added last stands outermost."""
    key = settings.csrf_key.get_secret_value().encode()
    app.add_middleware(CSRFMiddleware, key=key, trusted=settings.front_ends)
    app.add_middleware(ProtectiveHeaders)
    # Outside the CSRF check: a page of ours must be able to read why it was refused.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.front_ends,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", CSRF_HEADER],
        allow_credentials=True,
    )


def from_environment() -> FastAPI:
    return create_app(Settings())  # type: ignore[call-arg]  # from GATE_...
