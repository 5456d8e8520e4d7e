"""Both applications and the lessons under one roof: /relational, /documents, /loading.

The docs pages come from assets/docs, so they need no network.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from chapters.ch06_databases import loading, patch_null
from chapters.ch06_databases.documents import app as documents
from chapters.ch06_databases.relational import app as relational

DOCS = Path(__file__).parents[2] / "assets" / "docs"
apps: dict[str, FastAPI] = {
    "relational": relational.app,
    "documents": documents.app,
    "loading": loading.app,
    "patch-null": patch_null.app,
}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A mounted app is not told that the server starts: tell each of them here."""
    async with AsyncExitStack() as stack:
        for lesson in apps.values():
            await stack.enter_async_context(lesson.router.lifespan_context(lesson))
        yield


app = FastAPI(
    title="Chapter 6: databases", docs_url=None, redoc_url=None, lifespan=lifespan
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
    """Each application's address and what one may ask it."""
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


@app.get("/{lesson}/docs", include_in_schema=False)
async def lesson_docs(lesson: str, request: Request) -> HTMLResponse:
    if lesson not in apps:
        raise HTTPException(404, f"No application {lesson}.")
    return docs_page(request, apps[lesson].title, f"/{lesson}/openapi.json")


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
