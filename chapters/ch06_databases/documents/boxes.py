"""Five routes for nest boxes, on one `get_box_or_404`.

Try: open /documents/docs, and ask for the box `oak`
"""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from pymongo import ASCENDING, ReturnDocument

from chapters.ch06_databases.documents.database import Boxes, FoundBox
from chapters.ch06_databases.documents.driver import Document
from chapters.ch06_databases.documents.models import (
    NestBox,
    NestBoxChange,
    NestBoxCreate,
    Problem,
)

router = APIRouter(prefix="/boxes", tags=["nest boxes"])


class Page(BaseModel):
    skip: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 10  # to MongoDB, 0 is "no limit"


@router.post(
    "",
    status_code=201,
    response_model=NestBox,
    responses={409: {"model": Problem}},
)
async def create_box(new: NestBoxCreate, boxes: Boxes) -> Document:
    box: Document = {**new.model_dump(), "visits": []}
    await boxes.insert_one(box)  # the driver makes an `_id`, and puts it into `box`
    return box


@router.get("", response_model=list[NestBox])
async def list_boxes(page: Annotated[Page, Query()], boxes: Boxes) -> list[Document]:
    # `find` is not awaited: it gives a cursor, and asking it is what takes time.
    found = boxes.find({}, skip=page.skip, limit=page.limit)
    return [box async for box in found.sort("code", ASCENDING)]


@router.get("/{box_id}", response_model=NestBox, responses={404: {"model": Problem}})
async def read_box(box: FoundBox) -> Document:
    return box


@router.patch(
    "/{box_id}",
    response_model=NestBox,
    responses={404: {"model": Problem}, 409: {"model": Problem}},
)
async def change_box(box: FoundBox, change: NestBoxChange, boxes: Boxes) -> Document:
    sent = change.model_dump(exclude_unset=True)
    if not sent:  # an empty `$set` is an error to some servers
        return box
    changed = await boxes.find_one_and_update(
        {"_id": box["_id"]}, {"$set": sent}, return_document=ReturnDocument.AFTER
    )
    if changed is None:
        raise HTTPException(404, "This nest box was deleted meanwhile.")
    return changed


@router.delete("/{box_id}", status_code=204, responses={404: {"model": Problem}})
async def delete_box(box: FoundBox, boxes: Boxes) -> None:
    await boxes.delete_one({"_id": box["_id"]})
