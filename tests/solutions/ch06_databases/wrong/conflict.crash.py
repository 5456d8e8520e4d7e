# expect: let an IntegrityError out
from fastapi import FastAPI

from chapters.ch06_databases.relational.database import Session
from chapters.ch06_databases.relational.models import Station
from chapters.ch06_databases.relational.schemas import StationCreate

app = FastAPI()


@app.post("/stations", status_code=201)
async def create_station(new: StationCreate, session: Session) -> str:
    session.add(Station(**new.model_dump()))
    await session.commit()
    return new.code
