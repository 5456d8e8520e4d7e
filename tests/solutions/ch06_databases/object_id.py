from typing import Annotated

from bson import ObjectId
from fastapi import Depends, FastAPI, HTTPException

boxes = {ObjectId(): "third oak", ObjectId(): "old barn"}
app = FastAPI()


async def object_id(box_id: str) -> ObjectId:
    if not ObjectId.is_valid(box_id):
        raise HTTPException(422, "An id has 24 hexadecimal digits.")
    return ObjectId(box_id)


@app.get("/boxes/{box_id}")
async def read_box(number: Annotated[ObjectId, Depends(object_id)]) -> dict[str, str]:
    if number not in boxes:
        raise HTTPException(404, f"No nest box {number}.")
    return {"id": str(number), "place": boxes[number]}
