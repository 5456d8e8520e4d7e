"""Progress without polling: server-sent events, ended by the one that ends the job.

Try: http --stream :8014/studio/plates/ID/events
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.ext.asyncio import AsyncSession

from chapters.ch14_text_to_image.studio.database import AWAY
from chapters.ch14_text_to_image.studio.dependencies import Chosen
from chapters.ch14_text_to_image.studio.models import FINAL, Plate
from chapters.ch14_text_to_image.studio.schemas import PlateRead

router = APIRouter(prefix="/plates", tags=["plates"])
PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSED: dict[int | str, dict[str, Any]] = {
    204: {"description": "All has been told."},
    404: {"description": "No such plate.", "content": PROBLEM},
    503: {"description": "The database is away.", "content": PROBLEM},
}
LastSeen = Annotated[str, Header(alias="Last-Event-ID", max_length=40)]


async def look(request: Request, plate_id: UUID) -> Plate | None:
    """A session for each look: a stream of minutes must not hold a connection."""
    async with AsyncSession(request.state.engine) as session:
        return await session.get(Plate, plate_id)


def mark(plate: Plate) -> str:
    """Names what is told, so that whoever comes back is told only what is new."""
    return f"{plate.attempts}-{plate.progress}-{plate.state}"


async def something_to_tell(
    request: Request, plate_id: UUID, last_event_id: LastSeen = ""
) -> None:
    plate = await look(request, plate_id)
    if plate is None:
        raise HTTPException(404, f"No plate {plate_id}.")
    if plate.state in FINAL and last_event_id == mark(plate):
        raise HTTPException(204)  # a browser that gets this does not come back


@router.get(
    "/{plate_id}/events",
    response_class=EventSourceResponse,
    dependencies=[Depends(something_to_tell)],
    responses=REFUSED,
)
async def watch_plate(
    request: Request, plate_id: UUID, settings: Chosen, last_event_id: LastSeen = ""
) -> AsyncIterator[ServerSentEvent]:
    told = last_event_id
    while True:
        try:
            plate = await look(request, plate_id)
        except AWAY:
            return  # the browser comes back, with the last id that it has seen
        if plate is None:
            yield ServerSentEvent(event="deleted", data={"id": str(plate_id)})
            return
        if mark(plate) != told:
            told = mark(plate)
            final = plate.state in FINAL
            data = PlateRead.model_validate(plate)
            yield ServerSentEvent(
                event=plate.state if final else "progress", id=told, data=data
            )
            if final:
                return
        await asyncio.sleep(settings.watch_seconds)
