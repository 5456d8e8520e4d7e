# expect: I made a `Walk` and its `stops.0.sightings.1.count` is `None`
from typing import Any

from pydantic import BaseModel


class Walk(BaseModel):
    warden: str
    stops: list[dict[str, Any]]
