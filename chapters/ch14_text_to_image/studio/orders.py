"""Order a plate: store it, commit, send its id, and answer 202 long before it is drawn.

Try: http :8014/studio/plates prompt="a red boat on the sea at night"
"""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from chapters.ch14_text_to_image.card import unknown_words
from chapters.ch14_text_to_image.studio import roster
from chapters.ch14_text_to_image.studio.dependencies import (
    Chosen,
    Posted,
    Session,
    refused,
)
from chapters.ch14_text_to_image.studio.models import Outgoing, Plate, State
from chapters.ch14_text_to_image.studio.schemas import (
    LARGEST,
    Kept,
    PlateAccepted,
    PlateCreate,
    PlateRead,
    Problem,
)

router = APIRouter(prefix="/plates", tags=["plates"])
Key = Annotated[str | None, Header(max_length=80, pattern=r"^[!-~]+$")]
KEPT = "The queue does not answer. Your order is kept, and will be drawn later."
OTHER = "This Idempotency-Key belongs to another order. Nothing was stored."


async def room_for_more(session: Session, settings: Chosen) -> None:
    """Backpressure: a queue without an end only hides that nobody is served."""
    waiting = select(func.count()).where(Plate.state == State.QUEUED)
    if (await session.scalar(waiting) or 0) >= settings.queue_most:
        told = "Too many orders are waiting. Nothing was stored; try again later."
        raise HTTPException(429, told, headers={"Retry-After": "10"})


@router.post(
    "",
    status_code=202,
    response_model=PlateAccepted,
    dependencies=[Depends(room_for_more)],
    responses=refused(409, "Another order has this Idempotency-Key.")
    | refused(429, "Too many are waiting.")
    | refused(503, "Kept, and drawn later; or nothing was stored.", Kept | Problem),
)
async def order_plate(
    new: PlateCreate,
    session: Session,
    outbox: Posted,
    request: Request,
    response: Response,
    idempotency_key: Key = None,
) -> Any:
    plate, first = await keep(new, session, idempotency_key)
    place = f"{request.scope.get('root_path', '')}/plates/{plate.id}"
    # Committed: only now may a worker hear of it, and all that it hears is the id.
    if first and not await outbox.send(plate.id):
        later = {"Retry-After": "5", "Location": place}
        return JSONResponse({"detail": KEPT, "id": str(plate.id)}, 503, headers=later)
    response.headers["Location"] = place
    workers = await roster.present(session)
    unknown = unknown_words(plate.prompt, workers[0].words) if workers else []
    return PlateRead.model_validate(plate).model_dump() | {"unknown_words": unknown}


async def keep(
    new: PlateCreate, session: Session, key: str | None
) -> tuple[Plate, bool]:
    """The stored order, and whether it is new. A known key finds the one it has."""
    seed = secrets.randbelow(LARGEST) if new.seed is None else new.seed
    plate = Plate(**new.model_dump() | {"seed": seed}, request_key=key)
    try:
        session.add(plate)
        await session.flush()
        # In the same transaction: the order and its message, or neither.
        session.add(Outgoing(plate_id=plate.id))
        await session.commit()
    except IntegrityError:
        await session.rollback()
        known = await session.scalar(select(Plate).where(Plate.request_key == key))
        if known is None or not same(known, new):
            raise HTTPException(409, OTHER) from None
        return known, False
    return plate, True


def same(known: Plate, new: PlateCreate) -> bool:
    asked = new.model_dump(exclude_none=True)
    return all(getattr(known, field) == value for field, value in asked.items())
