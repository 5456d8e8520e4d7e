"""Every lesson under one roof: /gate/... is the application, /no-cors/... a lesson.

The docs pages come from assets/docs, so they need no network.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory

from fastapi import FastAPI, HTTPException, Request, status
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from pydantic import SecretStr

from chapters.ch07_security.gate.app import create_app
from chapters.ch07_security.gate.settings import Settings

DOCS = Path(__file__).parents[2] / "assets" / "docs"
LESSONS = """api_key_guard api_key_header cors_allowed cors_wildcard generic_error
hashing_place jwt_signed mass_assignment no_cors timing_oracle two_origins"""

# For the course: a new key at each start, and docs. In earnest neither.
settings = Settings(csrf_key=SecretStr(token_urlsafe(32)), docs=True)
apps: dict[str, FastAPI] = {
    name.replace("_", "-"): import_module(f"{__package__}.{name}").app
    for name in LESSONS.split()
}
apps["gate"] = create_app(settings)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A mounted app is not told that the server starts: tell the gate here."""
    async with AsyncExitStack() as stack:
        if "database_url" not in settings.model_fields_set:
            folder = stack.enter_context(TemporaryDirectory(prefix="gate-"))
            settings.database_url = f"sqlite+aiosqlite:///{folder}/gate.db"
        gate = apps["gate"]
        await stack.enter_async_context(gate.router.lifespan_context(gate))
        yield


app = FastAPI(
    title="Chapter 7: security", docs_url=None, redoc_url=None, lifespan=lifespan
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


@app.get("/{lesson}/docs", include_in_schema=False)
async def lesson_docs(lesson: str, request: Request) -> HTMLResponse:
    if lesson not in apps:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No lesson {lesson}.")
    return docs_page(request, lesson, f"/{lesson}/openapi.json")


@app.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return docs_page(request, app.title, "/openapi.json")


def docs_page(request: Request, title: str, openapi_url: str) -> HTMLResponse:
    root = request.scope.get("root_path", "").rstrip("/")
    return get_swagger_ui_html(
        openapi_url=f"{root}{openapi_url}",
        title=title,
        swagger_js_url=f"{root}/assets/docs/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/assets/docs/swagger-ui.css",
        swagger_favicon_url=f"{root}/assets/docs/favicon-32x32.png",
    )


app.mount("/assets/docs", StaticFiles(directory=DOCS), name="docs-assets")
for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
