"""The service under /service, and each lesson under its name: /cache-disk/prediction.

A mounted app's lifespan is not run by itself, so this one runs them all.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import Any

from fastapi import FastAPI

LESSONS = (
    *("batched", "cache_disk", "cache_lru", "cache_redis", "endpoint"),
    *("lazy", "nan_echo", "slots", "three_routes", "unbounded"),
)

apps: dict[str, FastAPI] = {
    name.replace("_", "-"): import_module(f"{__package__}.{name}").app
    for name in LESSONS
}
apps["service"] = import_module(f"{__package__}.service.app").app


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


app = FastAPI(title="Chapter 12: a prediction API", lifespan=lifespan)


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return [f"/{name}" for name in apps]


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
