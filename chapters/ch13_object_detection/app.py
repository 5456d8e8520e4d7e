"""The watch under /service, and the endpoint that trusts everybody under /trusting.

A mounted app's lifespan is not run by itself, so this one runs both.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any

from fastapi import FastAPI

apps: dict[str, FastAPI] = {
    name: import_module(f"{__package__}.{module}").app
    for name, module in {"service": "service.app", "trusting": "trusting"}.items()
}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """What each yields becomes `request.state`, here as when it runs alone."""
    state: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        for lesson in apps.values():
            yielded = await stack.enter_async_context(
                lesson.router.lifespan_context(lesson)
            )
            state |= dict(yielded or {})
        yield state


app = FastAPI(title="Chapter 13: object detection", lifespan=lifespan)


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return [f"/{name}/" for name in apps]


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
