"""What the database keeps: a station, and the sightings that belong to it.

Try: print(CreateTable(Sighting.__table__)), from sqlalchemy.schema
"""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

# Every constraint has a name, so that a migration can speak of it.
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, and given back with its zone by every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: say datetime.now(UTC)")
        return value and value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        # SQLite forgets the zone; PostgreSQL answers in the zone of its session.
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value and value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Station(Base):
    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    habitat: Mapped[str] = mapped_column(String(40))
    # raise_on_sql: a forgotten `options(selectinload(...))` is named in the error.
    sightings: Mapped[list["Sighting"]] = relationship(
        back_populates="station",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Sighting.id",
        lazy="raise_on_sql",
    )


class Sighting(Base):
    __tablename__ = "sightings"

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(
        ForeignKey("stations.id", ondelete="CASCADE"), index=True
    )
    species: Mapped[str] = mapped_column(String(40), index=True)
    count: Mapped[int]
    observer: Mapped[str] = mapped_column(String(40))
    seen_at: Mapped[datetime] = mapped_column(
        UtcTime, default=lambda: datetime.now(UTC)
    )
    station: Mapped[Station] = relationship(
        back_populates="sightings", lazy="raise_on_sql"
    )
