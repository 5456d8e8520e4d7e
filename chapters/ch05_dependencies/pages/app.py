"""Sightings by offset and by cursor, and new ones arriving in between.

Run: fastapi dev chapters/ch05_dependencies/pages/app.py
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from chapters.ch05_dependencies.pages import store
from chapters.ch05_dependencies.pages.cursor import seal
from chapters.ch05_dependencies.pages.paging import (
    After,
    ByOffset,
    Configured,
    CursorPage,
    Database,
    Limit,
    Number,
    OffsetPage,
    Settings,
)
from chapters.ch05_dependencies.pages.store import Sighting

SPECIES = ("kestrel", "otter", "grey heron", "newt")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = Settings()
    with closing(store.connect()) as database:
        for number in range(12):
            store.add(database, SPECIES[number % 4], seen_at=number // 2)
        app.state.database = database
        yield


app = FastAPI(lifespan=lifespan)


class NewSighting(BaseModel):
    species: str
    seen_at: int = Field(ge=0, le=100_000)


@app.post("/sightings", status_code=201)
async def add_sighting(new: NewSighting, database: Database) -> Sighting:
    return store.add(database, new.species, new.seen_at)


@app.delete(
    "/sightings/{number}",
    status_code=204,
    responses={404: {"description": "No such sighting."}},
)
async def withdraw_sighting(number: Number, database: Database) -> None:
    if not store.remove(database, number):
        raise HTTPException(404, f"No sighting {number}.")


@app.get("/by-offset")
async def list_by_offset(page: ByOffset, database: Database) -> OffsetPage:
    items = store.skip(database, page.offset, page.limit)
    total = store.count(database)
    return OffsetPage(items=items, total=total, offset=page.offset, limit=page.limit)


@app.get("/by-cursor", responses={400: {"description": "Not our cursor."}})
async def list_by_cursor(
    place: After, limit: Limit, settings: Configured, database: Database
) -> CursorPage:
    # One more than asked for: whether there is a next page, without counting.
    found = store.after(database, place, limit + 1)
    items, more = found[:limit], found[limit:]
    last = (items[-1].seen_at, items[-1].id) if more else None
    next_cursor = seal(last, settings.cursor_key) if last else None
    return CursorPage(items=items, next=next_cursor)
