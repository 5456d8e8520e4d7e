"""News pushed to a browser, and taken up again after a break.

Try: fastapi dev server_sent_events.py
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

NEWS = ["kestrel over the ridge", "otter at the weir", "heron on the pond"]

app = FastAPI()


# A browser that lost the line comes back with the id of the last event it saw.
@app.get("/news", response_class=EventSourceResponse)
async def news(
    last_event_id: Annotated[int, Header(ge=0)] = 0,
) -> AsyncIterator[ServerSentEvent]:
    for number, text in enumerate(NEWS, start=1):
        if number > last_event_id:
            yield ServerSentEvent(data={"text": text}, event="sighting", id=str(number))
