"""Every service under one roof: /front-desk/... is front_desk.py, and so on.

A mounted app's lifespan is not run by itself, so this one runs them all.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module

from fastapi import FastAPI

SERVICES = (
    *("counts", "density", "density_naive", "echo", "front_desk"),
    *("radio", "reports", "ringing", "weather", "weather_closed"),
)

apps: dict[str, FastAPI] = {
    name.replace("_", "-"): import_module(f"{__package__}.{name}").app
    for name in SERVICES
}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in apps.values():
            await stack.enter_async_context(service.router.lifespan_context(service))
        yield


app = FastAPI(title="Chapter 9: services to test", lifespan=lifespan)


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return [f"/{name}" for name in apps]


for name, service in apps.items():
    app.mount(f"/{name}", service, name=name)
