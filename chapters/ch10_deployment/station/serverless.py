"""The same application behind a function platform: one event in, one answer out.

Try: handler(json.loads(Path("deploy/event.json").read_text()), None)
"""

import asyncio
from typing import Any

from mangum import Mangum

from .app import create_app
from .settings import read_settings

# The platform may freeze us between two events: a pool would hold dead connections,
# so the lifespan, and with it the engine, is made and let go around every event.
gateway = Mangum(create_app(read_settings()), lifespan="auto")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    with asyncio.Runner():  # mangum runs on the thread's current loop: here is one
        return gateway(event, context)
