"""Every lesson that is an application: /patch-right/... is patch_right.py, and so on.

The docs pages come from assets/docs, so they need no network.
"""

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, status
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from chapters.ch04_data_models import (
    documented,
    field_messages,
    patch_naive,
    patch_right,
    stored_from_input,
    strict_body,
)

DOCS = Path(__file__).parents[2] / "assets" / "docs"
LESSONS = {
    "stored-from-input": stored_from_input.app,
    "patch-naive": patch_naive.app,
    "patch-right": patch_right.app,
    "strict-body": strict_body.app,
    "documented": documented.app,
    "field-messages": field_messages.app,
}

app = FastAPI(title="Chapter 4: data models", docs_url=None, redoc_url=None)


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
async def list_lessons() -> list[str]:
    """Where the lessons live; each has docs of its own."""
    return [f"/{name}" for name in LESSONS]


@app.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return docs_page(request, app.title, "/openapi.json")


# Before the mounts: the first route that fits wins.
@app.get("/{lesson}/docs", include_in_schema=False)
async def lesson_docs(lesson: str, request: Request) -> HTMLResponse:
    if lesson not in LESSONS:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No lesson {lesson}.")
    return docs_page(request, lesson, f"/{lesson}/openapi.json")


app.mount("/assets/docs", StaticFiles(directory=DOCS), name="docs-assets")
for name, lesson in LESSONS.items():
    app.mount(f"/{name}", lesson, name=name)
