"""What a client is told when something is wrong: the reason, and never a traceback."""

import asyncio
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from chapters.ch12_prediction_api.service.artefact import Refused
from chapters.ch12_prediction_api.service.predictor import NotReady

SHOWN = 10  # errors of a batch; a thousand bad rows need not be told four thousand
SOON = {"Retry-After": "1"}


async def invalid(request: Request, error: Exception) -> JSONResponse:
    """As FastAPI does, without `input`: JSON has no NaN, so echoing one is a 500."""
    assert isinstance(error, RequestValidationError)
    told: list[dict[str, Any]] = [
        {key: one[key] for key in ("type", "loc", "msg")}
        for one in error.errors()[:SHOWN]
    ]
    return JSONResponse({"detail": told}, 422)


async def not_ready(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"Not ready: {error}."}, 503, SOON)


async def too_busy(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Too many are waiting already."}, 503, SOON)


async def refused(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"Refused: {error}."}, 409)


async def failed(request: Request, error: Exception) -> JSONResponse:
    """The log has the traceback; the client gets a sentence."""
    return JSONResponse({"detail": "The prediction failed. It is in our log."}, 500)


def explain(app: FastAPI) -> None:
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(NotReady, not_ready)
    app.add_exception_handler(asyncio.QueueFull, too_busy)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(Exception, failed)
