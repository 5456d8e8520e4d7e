# expect: because the relationship cascades
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def make_models() -> tuple[type, type]:
    class Base(DeclarativeBase):
        pass

    class Station(Base):
        __tablename__ = "stations"

        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str]
        sightings: Mapped[list["Sighting"]] = relationship()

    class Sighting(Base):
        __tablename__ = "sightings"

        id: Mapped[int] = mapped_column(primary_key=True)
        species: Mapped[str]
        station_id: Mapped[int] = mapped_column(
            ForeignKey("stations.id", ondelete="CASCADE")
        )

    return Station, Sighting
