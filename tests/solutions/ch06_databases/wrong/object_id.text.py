# expect: this box is in `boxes`
from bson import ObjectId
from fastapi import FastAPI, HTTPException

boxes = {ObjectId(): "third oak", ObjectId(): "old barn"}
app = FastAPI()


@app.get("/boxes/{box_id}")
async def read_box(box_id: str) -> dict[str, str]:
    found = {number: place for number, place in boxes.items() if number == box_id}
    if not found:
        raise HTTPException(404, f"No nest box {box_id}.")
    return {"id": box_id, "place": found.popitem()[1]}
