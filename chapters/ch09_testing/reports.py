"""Reports as documents in MongoDB, behind a dependency that a test may replace.

Try: MONGODB_URL=mongodb://127.0.0.1:27017 fastapi dev reports.py
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from bson import ObjectId
from fastapi import Depends, FastAPI, HTTPException, Request, status
from pydantic import BaseModel, BeforeValidator, Field
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

Database = AsyncDatabase[dict[str, Any]]


class NewReport(BaseModel):
    title: str
    text: str


class Report(NewReport):
    # MongoDB's name for the key is _id, and its value an ObjectId.
    id: Annotated[str, BeforeValidator(str)] = Field(validation_alias="_id")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ.get("MONGODB_URL", "mongodb://127.0.0.1:27017")
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        app.state.database = client["ch09_reports"]
        yield


app = FastAPI(lifespan=lifespan)


async def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Reports = Annotated[Database, Depends(get_database)]


@app.get("/reports/{report_id}")
async def read_report(report_id: str, database: Reports) -> Report:
    if ObjectId.is_valid(report_id):
        found = await database.reports.find_one({"_id": ObjectId(report_id)})
        if found:
            return Report.model_validate(found)
    raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no report {report_id}.")


@app.post("/reports", status_code=status.HTTP_201_CREATED)
async def add_report(new: NewReport, database: Reports) -> Report:
    report = new.model_dump()
    await database.reports.insert_one(report)  # the driver adds the _id
    return Report.model_validate(report)
