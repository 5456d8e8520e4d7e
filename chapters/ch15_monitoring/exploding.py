"""A label that visitors fill in. Try: GET /search?word=otter, often; then /series"""

from typing import Annotated, Any

from fastapi import FastAPI, Query
from prometheus_client import Counter

SPECIES = {"otter", "osprey", "newt"}
# Every word that anybody ever types becomes a series, in memory and on disk.
BY_WORD = Counter("observatory_searches_by_word_total", "Searches.", ["word"])
# Four series, whatever is typed. The words themselves belong into the log.
BY_SPECIES = Counter("observatory_searches_total", "Searches.", ["species"])

app = FastAPI()


@app.get("/search")
async def search(word: Annotated[str, Query(max_length=40)]) -> list[str]:
    BY_WORD.labels(word).inc()
    BY_SPECIES.labels(word if word in SPECIES else "other").inc()
    return sorted(name for name in SPECIES if word in name)


@app.get("/series")
async def count_series() -> dict[str, int]:
    """How many time series each counter has become."""
    return {
        "by word": len({s.labels["word"] for s in samples(BY_WORD)}),
        "by species": len({s.labels["species"] for s in samples(BY_SPECIES)}),
    }


def samples(counter: Counter) -> list[Any]:
    [family] = counter.collect()
    return family.samples
