"""A class method as a dependency: it builds what the route wants to work with.

Try: fastapi dev class_methods.py
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Self

from fastapi import Depends, FastAPI, Query


@dataclass(frozen=True)
class Period:
    first: date
    last: date

    @classmethod
    def from_query(
        cls, since: date, days: Annotated[int, Query(ge=1, le=366)] = 7
    ) -> Self:
        return cls(since, since + timedelta(days=days - 1))


app = FastAPI()


@app.get("/sightings")
async def list_sightings(
    period: Annotated[Period, Depends(Period.from_query)],
) -> Period:
    return period
