"""Two questions of whoever runs us: do you live, and may visitors come?

Try: GET /health and GET /ready, with the database stopped
"""

import asyncio

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy.exc import SQLAlchemyError

from .database import schema_version
from .schemas import Status

router = APIRouter(tags=["probes"])


@router.get("/health")
async def health() -> Status:
    """Asks nobody: a restart of ours would not bring a database back."""
    return Status(status="alive")


@router.get("/ready")
async def ready(request: Request) -> Status:
    state = request.app.state
    try:
        async with asyncio.timeout(state.settings.limits.database_seconds):
            found = await schema_version(state.engine)
    except (SQLAlchemyError, TimeoutError):
        raise HTTPException(503, "The database does not answer.") from None
    if found != state.needs:
        told = f"The database is at {found or 'no version'}, and I need {state.needs}."
        raise HTTPException(503, told)
    return Status(status="ready")
