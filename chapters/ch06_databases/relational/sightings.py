"""All sightings, sorted by a column that clients may choose from a list.

Try: /relational/sightings?sort=count&descending=true, then sort=password
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import desc, select

from chapters.ch06_databases.relational.database import Session
from chapters.ch06_databases.relational.models import Sighting
from chapters.ch06_databases.relational.schemas import SightingRead, Word
from chapters.ch06_databases.relational.stations import Page

router = APIRouter(prefix="/sightings", tags=["sightings"])


class Listing(Page):
    species: Word | None = None
    # The name of a column is no value and cannot be a parameter of the query:
    # what is not in this list is refused before any SQL is written.
    sort: Literal["id", "seen_at", "species", "count"] = "id"
    descending: bool = False


@router.get("", response_model=list[SightingRead])
async def list_sightings(
    asked: Annotated[Listing, Query()], session: Session
) -> Sequence[Sighting]:
    column = getattr(Sighting, asked.sort)
    order = desc(column) if asked.descending else column
    query = select(Sighting).order_by(order, Sighting.id)
    if asked.species is not None:
        query = query.where(Sighting.species == asked.species)
    found = await session.scalars(query.offset(asked.skip).limit(asked.limit))
    return found.all()
