"""Each lesson under its name: /die/rolls; and /metrics of them all.

A mounted app's lifespan is not run by itself: drift.py has one, so it is run here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from fastapi import FastAPI, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    disable_created_metrics,
    generate_latest,
)

disable_created_metrics()  # a second series for each, with the time of its birth
LESSONS = (
    *("die", "drift", "error_sink", "exploding"),
    *("gate", "instrumented", "metric_kinds", "several"),
)

apps: dict[str, FastAPI] = {
    name.replace("_", "-"): import_module(f"{__package__}.{name}").app
    for name in LESSONS
}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    async with apps["drift"].router.lifespan_context(apps["drift"]) as state:
        yield dict(state or {})


app = FastAPI(title="Chapter 15: monitoring", lifespan=lifespan)


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return [f"/{name}" for name in apps]


@app.get("/metrics", include_in_schema=False)
def show_metrics() -> Response:
    """Open, for these are lessons: see watched/exposition.py for how it should be."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
