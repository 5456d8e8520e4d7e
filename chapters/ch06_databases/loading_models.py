"""Two tables, their schemas, and sample rows, for `loading.py`.

Try: len(sample(stations=20, each=5))
"""

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SPECIES = ("otter", "kestrel", "grey heron", "newt", "pine marten")


class Base(AsyncAttrs, DeclarativeBase):  # AsyncAttrs: `await x.awaitable_attrs.y`
    pass


class Station(Base):
    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    sightings: Mapped[list["Sighting"]] = relationship(order_by="Sighting.id")


class Sighting(Base):
    __tablename__ = "sightings"

    id: Mapped[int] = mapped_column(primary_key=True)
    species: Mapped[str]
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"), index=True)


class SightingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    species: str


class StationRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    sightings: list[SightingRead]


def sample(stations: int, each: int) -> list[Station]:
    def seen() -> list[Sighting]:
        return [Sighting(species=SPECIES[n % len(SPECIES)]) for n in range(each)]

    return [Station(code=f"ST{n}", sightings=seen()) for n in range(1, stations + 1)]
