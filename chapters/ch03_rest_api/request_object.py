"""The request itself, when no declaration fits. Try: fastapi dev request_object.py"""

from fastapi import FastAPI, Request

app = FastAPI()


@app.post("/anything/{rest:path}")
async def describe(request: Request, rest: str) -> dict[str, str | int]:
    return {
        "method": request.method,
        "rest": rest,
        "query": request.url.query,
        "bytes": len(await request.body()),
    }
