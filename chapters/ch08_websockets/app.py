"""Every lesson under one roof: /echo/... is echo.py, and so on; the radio at /radio/.

`silent_loss` and `unwatched` are left out: they do not start without Redis.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module

from fastapi import FastAPI

LESSONS = (
    *("api_key", "echo", "envelope", "first_message", "handshake"),
    *(
        "in_turn",
        "manager",
        "origin",
        "own_queue",
        "polling",
        "starved_clock",
        "task_group",
    ),
    *("two_tasks", "unauthorised_late"),
)

apps: dict[str, FastAPI] = {
    name.replace("_", "-"): import_module(f"{__package__}.{name}").app
    for name in LESSONS
}
apps["radio"] = import_module(f"{__package__}.radio.app").app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A mounted app is not told that the server starts: tell every lesson here."""
    async with AsyncExitStack() as stack:
        for lesson in apps.values():
            await stack.enter_async_context(lesson.router.lifespan_context(lesson))
        yield


app = FastAPI(title="Chapter 8: WebSockets", lifespan=lifespan)


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return [f"/{name}/" for name in apps]


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
