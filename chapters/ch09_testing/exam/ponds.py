"""For ch09.three-bugs: counts that are added, listed and filtered.

Try: fastapi dev ponds.py
"""

from fastapi import FastAPI, status
from pydantic import BaseModel

app = FastAPI()

counts: list["Count"] = []


class NewCount(BaseModel):
    station: str
    adults: int
    young: int


class Count(NewCount):
    total: int


@app.post("/counts", status_code=status.HTTP_201_CREATED)
async def add_count(new: NewCount) -> Count:
    count = Count(**new.model_dump(), total=new.adults + new.young)
    counts.append(count)
    return count


@app.get("/counts")
async def list_counts(station: str) -> list[Count]:
    return [count for count in reversed(counts) if count.station == station]
