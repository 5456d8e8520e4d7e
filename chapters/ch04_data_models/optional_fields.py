"""Two questions, not one: may it be null, and may it be left out?

Try: python -i -m chapters.ch04_data_models.optional_fields
"""

from pydantic import BaseModel


class Sighting(BaseModel):
    species: str  # must be there, must be text
    ring: str | None  # must be there, may be null
    note: str | None = None  # may be left out, may be null
    certain: bool = True  # may be left out, must not be null


SHORTEST = {"species": "kestrel", "ring": None}
EMPTY: dict[str, object] = {}
ALL_NULL = {"species": None, "ring": None, "note": None, "certain": None}
