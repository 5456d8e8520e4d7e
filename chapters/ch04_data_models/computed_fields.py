"""What leaves may differ from what is kept: a field computed, another one rounded.

Try: python -i -m chapters.ch04_data_models.computed_fields
"""

from datetime import UTC, datetime

from pydantic import BaseModel, computed_field, field_serializer


class Sighting(BaseModel):
    adults: int
    young: int
    seen_at: datetime
    latitude: float

    # In the dump and in the schema of what is sent; a client cannot set it.
    # (The last comment is for mypy, which knows no decorator above @property.)
    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        return self.adults + self.young

    # Two decimals name a square kilometre, not a nest.
    @field_serializer("latitude")
    def blurred(self, value: float) -> float:
        return round(value, 2)

    # Only in JSON; in Python the date and time stay what they are.
    @field_serializer("seen_at", when_used="json")
    def readable(self, value: datetime) -> str:
        return f"{value.astimezone(UTC):%d %B %Y, %H:%M UTC}"


OTTERS = Sighting(
    adults=1,
    young=2,
    seen_at=datetime(2026, 5, 1, 5, 40, tzinfo=UTC),
    latitude=52.41237,
)
