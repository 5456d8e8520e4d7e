"""The collection with its indexes, and what its failures mean to a client.

Try: ask /documents/boxes while the server is stopped
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Request
from fastapi.responses import JSONResponse
from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import ConnectionFailure, DuplicateKeyError

from chapters.ch06_databases.documents.driver import Client, Document
from chapters.ch06_databases.documents.models import Id

AWAY = "The database does not answer at the moment. Try again."
Collection = AsyncCollection[Document]


async def get_boxes(request: Request) -> Collection:
    """The collection; the first request makes its index, wherever the server was."""
    state = request.app.state
    client: Client = state.client
    boxes = client[state.settings.mongodb_database]["boxes"]
    if not state.indexed:
        await boxes.create_index([("code", ASCENDING)], unique=True)
        state.indexed = True
    return boxes


Boxes = Annotated[Collection, Depends(get_boxes)]


async def get_box_or_404(box_id: Annotated[Id, Path()], boxes: Boxes) -> Document:
    box = await boxes.find_one({"_id": box_id})
    if box is None:
        raise HTTPException(404, f"No nest box {box_id}.")
    return box


FoundBox = Annotated[Document, Depends(get_box_or_404)]


async def answer_503(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": AWAY}, 503, headers={"Retry-After": "1"})


async def answer_409(_request: Request, error: Exception) -> JSONResponse:
    details: dict[str, Any] = getattr(error, "details", None) or {}
    taken = ", ".join(map(str, details.get("keyValue", {}).values()))
    return JSONResponse({"detail": f"There is a nest box {taken} already."}, 409)


def answer_failures(app: FastAPI) -> None:
    app.add_exception_handler(ConnectionFailure, answer_503)
    app.add_exception_handler(DuplicateKeyError, answer_409)
