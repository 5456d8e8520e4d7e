"""What happens in a box: `$push` adds a visit; a transaction moves young birds.

Try: foster more young than there are
"""

from fastapi import APIRouter, HTTPException, Request
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from chapters.ch06_databases.documents.database import Boxes
from chapters.ch06_databases.documents.driver import Client, Document, settled
from chapters.ch06_databases.documents.models import (
    Fostering,
    Id,
    NestBox,
    Problem,
    Visit,
)

router = APIRouter(prefix="/boxes/{box_id}", tags=["visits"])


@router.post(
    "/visits",
    status_code=201,
    response_model=NestBox,
    responses={404: {"model": Problem}},
)
async def add_visit(box_id: Id, visit: Visit, boxes: Boxes) -> Document:
    """One operation finds the box, appends to its list, and gives the whole back."""
    box = await boxes.find_one_and_update(
        {"_id": box_id},
        {"$push": {"visits": visit.model_dump()}},
        return_document=ReturnDocument.AFTER,
    )
    if box is None:
        raise HTTPException(404, f"No nest box {box_id}.")
    return box


@router.post(
    "/foster",
    response_model=list[NestBox],
    responses={404: {"model": Problem}, 409: {"model": Problem}},
)
async def foster(
    box_id: Id, asked: Fostering, boxes: Boxes, request: Request
) -> list[Document]:
    """Move young birds to another box: both boxes change, or neither."""

    async def move(session: AsyncClientSession) -> list[Document]:
        moved = []
        for one, young in ((asked.to, asked.young), (box_id, -asked.young)):
            box = await boxes.find_one_and_update(
                {"_id": one},
                {"$inc": {"young": young}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            # Whatever is raised in here undoes what was written in here.
            if box is None:
                raise HTTPException(404, f"No nest box {one}.")
            if box["young"] < 0:
                raise HTTPException(409, f"Box {box['code']} has not so many young.")
            moved.append(box)
        return moved

    client: Client = request.app.state.client
    async with await settled(client.start_session()) as session:
        result: list[Document] = await session.with_transaction(move)
        return result
