"""From an object back to plain data: all of it, for JSON, or only what matters.

Try: python -i -m chapters.ch04_data_models.dumping
"""

from datetime import date
from typing import Any

from pydantic import BaseModel


class Observer(BaseModel):
    name: str
    email: str


class Sighting(BaseModel):
    species: str
    day: date
    count: int = 1
    note: str | None = None
    observers: list[Observer] = []

    def public(self) -> dict[str, Any]:
        """Said once, used wherever a sighting leaves."""
        return self.model_dump(
            mode="json",
            include={"species": True, "day": True, "observers": {"__all__": {"name"}}},
        )


OTTER = Sighting(
    species="otter",
    day=date(2026, 5, 1),
    count=1,
    observers=[Observer(name="Ada", email="ada@observatory.example")],
)
