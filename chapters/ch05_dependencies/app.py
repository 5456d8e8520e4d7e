"""Every lesson under one roof: /class-call/... is class_call.py, and so on.

The docs pages come from assets/docs, so they need no network.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, status
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

DOCS = Path(__file__).parents[2] / "assets" / "docs"
PICTURES = {"level_tree", "resolution"}
NOT_LESSONS = {"__init__", "__main__", "app", "exercises"} | PICTURES

modules = [p.stem for p in Path(__file__).parent.glob("*.py")]
apps: dict[str, FastAPI] = {
    name.replace("_", "-"): import_module(f"{__package__}.{name}").app
    for name in sorted({*modules} - NOT_LESSONS)
}
apps["pages"] = import_module(f"{__package__}.pages.app").app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A mounted app is not told that the server starts: tell every lesson here."""
    async with AsyncExitStack() as stack:
        for lesson in apps.values():
            await stack.enter_async_context(lesson.router.lifespan_context(lesson))
        yield


app = FastAPI(
    title="Chapter 5: dependencies", docs_url=None, redoc_url=None, lifespan=lifespan
)


def docs_page(request: Request, title: str, openapi_url: str) -> HTMLResponse:
    root = request.scope.get("root_path", "").rstrip("/")
    return get_swagger_ui_html(
        openapi_url=f"{root}{openapi_url}",
        title=title,
        swagger_js_url=f"{root}/assets/docs/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/assets/docs/swagger-ui.css",
        swagger_favicon_url=f"{root}/assets/docs/favicon-32x32.png",
    )


@app.get("/lessons")
async def list_lessons() -> dict[str, list[str]]:
    """Each lesson's address and what one may ask it."""
    return {
        f"/{name}": [
            f"{method.upper()} {path}"
            for path, methods in lesson.openapi()["paths"].items()
            for method in methods
        ]
        for name, lesson in apps.items()
    }


@app.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return docs_page(request, app.title, "/openapi.json")


app.mount("/assets/docs", StaticFiles(directory=DOCS), name="docs-assets")
# Before the next route: this lesson guards its own docs page.
app.mount("/guarded-docs", apps["guarded-docs"], name="guarded-docs")


@app.get("/{lesson}/docs", include_in_schema=False)
async def lesson_docs(lesson: str, request: Request) -> HTMLResponse:
    if lesson not in apps:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No lesson {lesson}.")
    return docs_page(request, lesson, f"/{lesson}/openapi.json")


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
