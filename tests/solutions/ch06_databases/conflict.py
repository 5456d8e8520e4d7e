from fastapi import FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError

from chapters.ch06_databases.relational.database import Session
from chapters.ch06_databases.relational.models import Station
from chapters.ch06_databases.relational.schemas import StationCreate

app = FastAPI()


@app.post("/stations", status_code=201)
async def create_station(new: StationCreate, session: Session) -> str:
    session.add(Station(**new.model_dump()))
    try:
        await session.commit()
    except IntegrityError:
        await session.rollback()
        raise HTTPException(409, f"There is a station {new.code} already.") from None
    return new.code
