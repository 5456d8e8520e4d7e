"""The right to work on a plate, and what else may be answered to who asks for it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from chapters.ch14_text_to_image.studio.models import Plate, State
from chapters.ch14_text_to_image.studio.painter import Order


class DeadLetter(Exception):
    """This job will not be tried again; Dramatiq puts its message aside."""


@dataclass(frozen=True)
class Claim:
    """The right to work on a plate: of this worker, in this attempt, while it beats."""

    plate_id: uuid.UUID
    worker: str
    attempt: int
    order: Order

    def holds(self) -> ColumnElement[bool]:
        return and_(
            Plate.id == self.plate_id,
            Plate.state == State.RUNNING,
            Plate.worker == self.worker,
            Plate.attempts == self.attempt,
        )


@dataclass(frozen=True)
class Occupied:
    """Somebody else works on it, at least for so many seconds."""

    seconds: float
