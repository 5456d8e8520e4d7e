"""The same application behind a function platform: one event in, one answer out.

Try: handler(json.loads(Path("deploy/event.json").read_text()), None)
"""

import asyncio
from typing import Any

from mangum import Mangum

from .app import create_app
from .settings import read_settings

app = create_app(read_settings())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    with asyncio.Runner():  # mangum takes the thread's loop, and would leave one open
        # The platform may freeze us between two events: a pool would hold dead
        # connections, so the lifespan, with its engine, is made around every event.
        return Mangum(app, lifespan="auto")(event, context)
