"""What the database keeps: plates, messages yet to be sent, and workers that are up."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chapters.ch06_databases.relational.models import UtcTime


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.QUEUED, State.RUNNING)
FINAL = (State.DONE, State.FAILED, State.CANCELLED)


def now() -> datetime:
    return datetime.now(UTC)


# Kept as text in every database, read back as a State.
STATE = Enum(
    State,
    native_enum=False,
    length=10,
    values_callable=lambda kind: list(map(str, kind)),
)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcTime, State: STATE}  # noqa: RUF012


class Plate(Base):
    """An order and what became of it. Its object in the storage is named by its id."""

    __tablename__ = "plates"
    __table_args__ = (Index("ix_plates_state", "state", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    request_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    # All that a worker needs, so that a message carries nothing but the id.
    prompt: Mapped[str] = mapped_column(Text)
    negative_prompt: Mapped[str | None] = mapped_column(Text)
    steps: Mapped[int | None]  # None: as many as the model says
    seed: Mapped[int]  # drawn again, the plate is the same

    state: Mapped[State] = mapped_column(default=State.QUEUED)
    progress: Mapped[int] = mapped_column(default=0)  # percent
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    # The lease: who works on it, and until when that is to be believed.
    worker: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None]

    model: Mapped[str | None] = mapped_column(String(200))
    rung: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def object_name(self) -> str:
        return object_name(self.id)


def object_name(plate_id: uuid.UUID) -> str:
    return f"{plate_id}.png"


class Outgoing(Base):
    """A message that has not been sent, stored in the transaction of its order."""

    __tablename__ = "outgoing"

    plate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Worker(Base):
    """A worker that has loaded its model, and what it knows about it."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    model: Mapped[str] = mapped_column(String(200))
    rung: Mapped[str] = mapped_column(String(10))
    device: Mapped[str] = mapped_column(String(10))
    steps: Mapped[int]
    words: Mapped[list[str] | None] = mapped_column(JSON)  # None: it knows no limits
    ready_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    def __init__(self, **values: Any) -> None:
        super().__init__(ready_at=now(), seen_at=now(), **values)
