# expect: whoever looks first and stores afterwards is overtaken
from fastapi import FastAPI, HTTPException
from sqlalchemy import select

from chapters.ch06_databases.relational.database import Session
from chapters.ch06_databases.relational.models import Station
from chapters.ch06_databases.relational.schemas import StationCreate

app = FastAPI()


@app.post("/stations", status_code=201)
async def create_station(new: StationCreate, session: Session) -> str:
    query = select(Station).where(Station.code == new.code)
    if (await session.scalars(query)).first():
        raise HTTPException(409, f"There is a station {new.code} already.")
    session.add(Station(**new.model_dump()))
    await session.commit()
    return new.code
