"""An error that helps: a message and what to try. Try: fastapi dev error_details.py"""

from fastapi import FastAPI, HTTPException, status
from pydantic import BaseModel


class Count(BaseModel):
    adults: int
    young: int
    total: int


app = FastAPI()


@app.post("/counts")
async def add_count(count: Count) -> dict[str, str]:
    seen = count.adults + count.young
    if seen != count.total:
        raise HTTPException(
            status.HTTP_400_BAD_REQUEST,
            detail={
                "message": "The numbers do not add up.",
                "hints": [f"Adults and young are {seen}.", "Count again at the gate."],
            },
        )
    return {"message": "Counted."}
