"""One app in several processes: which of them does /metrics speak for?

Try: uvicorn --workers 2 ...several:app, with and without PROMETHEUS_MULTIPROC_DIR
"""

import os

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector, CollectorRegistry

FEEDS = Counter("observatory_feeds_total", "Times that a feeder was filled.")
app = FastAPI()


@app.post("/feeds", status_code=201)
async def fill() -> int:
    FEEDS.inc()
    return os.getpid()


@app.get("/metrics", include_in_schema=False)
def show_metrics() -> Response:
    registry: Collector | CollectorRegistry = REGISTRY
    # The variable is read when prometheus_client is imported: set it before.
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # adds up the files of all processes
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
