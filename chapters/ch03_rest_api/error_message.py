"""Say no with a status, not with a flag in a 200. Try: fastapi dev error_message.py"""

from fastapi import FastAPI, HTTPException, status
from pydantic import BaseModel


class Count(BaseModel):
    adults: int
    young: int
    total: int


app = FastAPI()


@app.post("/counts")
async def add_count(count: Count) -> dict[str, str]:
    if count.adults + count.young != count.total:
        raise HTTPException(status.HTTP_400_BAD_REQUEST, "The numbers do not add up.")
    return {"message": "Counted."}
