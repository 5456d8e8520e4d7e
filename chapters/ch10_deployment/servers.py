"""Four ways to run the same application in several processes.

Try: command("gunicorn asgi", "chapters.ch10_deployment.crew", workers=2)
"""

WAYS: dict[str, list[str]] = {
    "uvicorn": ["uvicorn", "{app}", "--port={port}", "--workers={workers}"],
    "fastapi run": [
        *("fastapi", "run", "--entrypoint={app}", "--host=127.0.0.1"),
        *("--port={port}", "--workers={workers}"),
    ],
    # gunicorn's own ASGI worker, and uvicorn as a worker inside gunicorn.
    "gunicorn asgi": [
        *("gunicorn", "{app}", "--bind=127.0.0.1:{port}", "--workers={workers}"),
        *("--worker-class=asgi", "--no-control-socket"),
    ],
    "gunicorn uvicorn": [
        *("gunicorn", "{app}", "--bind=127.0.0.1:{port}", "--workers={workers}"),
        *("--worker-class=uvicorn_worker.UvicornWorker", "--no-control-socket"),
    ],
}


def command(way: str, module: str, *more: str, workers: int = 2) -> list[str]:
    """The words to type; `{port}` is still open, for whoever knows a free one."""
    words = [*WAYS[way], *more]
    known = {"{app}": f"{module}:app", "{workers}": str(workers)}
    for mark, value in known.items():
        words = [word.replace(mark, value) for word in words]
    return words
