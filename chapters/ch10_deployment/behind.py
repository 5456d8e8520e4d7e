"""What an application believes about its visitor when a proxy stands between them.

Run: uvicorn chapters.ch10_deployment.behind:app --root-path /reserve
"""

from fastapi import FastAPI, Request

app = FastAPI()


@app.get("/seen")
async def seen(request: Request) -> dict[str, str]:
    """Address and scheme may come from X-Forwarded-For and -Proto, if trusted."""
    root = request.scope.get("root_path", "")
    return {
        "visitor": request.client.host if request.client else "unknown",
        "scheme": request.url.scheme,
        "root path": root,
        "link to here": root + app.url_path_for("seen"),
    }
