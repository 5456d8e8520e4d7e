"""A metric of your own: which station does the die send the warden to?

Try: POST /rolls a few times, then GET /metrics of the whole chapter
"""

import secrets

from fastapi import FastAPI
from prometheus_client import Counter

STATIONS = ("reed bed", "north pool", "old oak", "ford", "heath", "tower")
# Domain first, unit last, `_total` for a counter; six values of the label, for ever.
ROLLS = Counter(
    "observatory_die_rolls_total", "Rolls of the die, by face.", labelnames=["face"]
)
for face in range(1, 7):
    ROLLS.labels(face)  # there from the start: a series that appears has no past

app = FastAPI()


def roll() -> int:
    return secrets.randbelow(6) + 1


@app.post("/rolls")
async def roll_die() -> dict[str, int | str]:
    face = roll()
    ROLLS.labels(face).inc()
    return {"face": face, "station": STATIONS[face - 1]}
