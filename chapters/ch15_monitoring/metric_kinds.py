"""A counter, a gauge, a histogram and a summary.

Try: POST /photos?seconds=0.3 a few times, then GET /metrics
"""

from typing import Annotated

from fastapi import FastAPI, Query, Response
from prometheus_client import Counter, Gauge, Histogram, Summary
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import CollectorRegistry

own = CollectorRegistry()  # so that only these four are shown
# Only ever up; a question to it is "how many more since then?".
PHOTOS = Counter("photos_total", "Photos developed.", registry=own)
# Up and down; a question to it is "how many now?".
DRYING = Gauge("photos_drying", "Photos on the line.", registry=own)
# Counted in buckets that you choose, each holding all that is at most `le`.
SECONDS = Histogram(
    "photo_seconds", "Time to develop one.", buckets=(0.1, 0.5, 1), registry=own
)
# Count and sum: an average, and in Python nothing else.
BYTES = Summary("photo_bytes", "Size of a photo.", registry=own)

app = FastAPI()


@app.post("/photos", status_code=201)
async def develop(
    seconds: Annotated[float, Query(ge=0, le=60)], size: int = 100
) -> None:
    PHOTOS.inc()
    DRYING.inc()
    SECONDS.observe(seconds)
    BYTES.observe(size)


@app.delete("/photos/dry", status_code=204)
async def take_down() -> None:
    DRYING.set(0)


@app.get("/metrics", include_in_schema=False)
async def show_metrics() -> Response:
    return Response(generate_latest(own), media_type=CONTENT_TYPE_LATEST)
