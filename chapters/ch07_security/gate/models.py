"""Tables: observers, their tokens (only digests), their sightings.

Try: print(Token.__table__.columns.keys())
"""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, ForeignKey, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class UtcTime(TypeDecorator[datetime]):
    """SQLite forgets the zone of a time: say again on the way out that it is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    pass


def owned_by() -> Mapped[int]:
    """An observer who leaves takes tokens and sightings along."""
    return mapped_column(ForeignKey("observers.id", ondelete="CASCADE"), index=True)


class Observer(Base):
    __tablename__ = "observers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(20), default="observer")
    password_hash: Mapped[str] = mapped_column(String(255))


class Token(Base):
    __tablename__ = "tokens"

    # The token itself is nowhere: who steals this table can log in nowhere.
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    observer_id: Mapped[int] = owned_by()
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    observer: Mapped[Observer] = relationship(lazy="joined")


class Sighting(Base):
    __tablename__ = "sightings"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = owned_by()
    species: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500), default="")
