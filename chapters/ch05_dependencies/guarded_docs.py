"""Docs behind a password: switch the public ones off, declare your own as routes.

Try: fastapi dev guarded_docs.py, then /docs
"""

from secrets import compare_digest
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

USER, PASSWORD = b"ada", b"kestrel-7"  # in earnest: from settings, and over HTTPS


# A browser asks for name and password by itself; it could not send an X-Badge.
async def require_password(
    sent: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())],
) -> None:
    name = compare_digest(sent.username.encode(), USER)
    password = compare_digest(sent.password.encode(), PASSWORD)
    if not (name and password):
        raise HTTPException(401, "Who are you?", {"WWW-Authenticate": "Basic"})


app = FastAPI(openapi_url=None, dependencies=[Depends(require_password)])


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]


@app.get("/openapi.json", include_in_schema=False)
async def read_schema() -> dict[str, Any]:
    return app.openapi()


@app.get("/docs", include_in_schema=False)
async def read_docs() -> HTMLResponse:
    return get_swagger_ui_html(openapi_url="openapi.json", title="Members' docs")


# Last, so that it takes what no route has taken: now strangers learn nothing.
@app.get("/{rest:path}", include_in_schema=False)
async def find_nothing(rest: str) -> None:
    raise HTTPException(404, "Not Found")
