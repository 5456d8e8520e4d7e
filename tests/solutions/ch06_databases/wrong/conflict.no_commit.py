# expect: only a commit stores
from fastapi import FastAPI, HTTPException

from chapters.ch06_databases.relational.database import Session
from chapters.ch06_databases.relational.models import Station
from chapters.ch06_databases.relational.schemas import StationCreate

app = FastAPI()

seen: set[str] = set()


@app.post("/stations", status_code=201)
async def create_station(new: StationCreate, session: Session) -> str:
    if new.code in seen:
        raise HTTPException(409, f"There is a station {new.code} already.")
    seen.add(new.code)
    session.add(Station(**new.model_dump()))
    await session.flush()
    return new.code
