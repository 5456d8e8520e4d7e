"""A place for errors that speaks Sentry's protocol and keeps them in memory.

Try: WATCH_SENTRY_DSN=http://key@127.0.0.1:PORT/1 and then GET /events here
"""

import gzip
import json
from typing import Any

from fastapi import FastAPI, Request

app = FastAPI()
events: list[dict[str, Any]] = []


def read_envelope(content: bytes) -> list[dict[str, Any]]:
    """An envelope is lines of JSON: its header, then a header and a body an item."""
    lines = [line for line in content.split(b"\n") if line]
    items = zip(lines[1::2], lines[2::2], strict=False)
    return [json.loads(body) for head, body in items if b'"event"' in head]


@app.post("/api/{project}/envelope/", include_in_schema=False)
async def receive(project: int, request: Request) -> dict[str, str]:
    content = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    events.extend(read_envelope(content))
    return {}


@app.get("/events")
async def list_events() -> list[dict[str, Any]]:
    return events
