# expect: that is how I see whether it is alive
from collections.abc import Callable

from fastapi import FastAPI


def counting_app(count: Callable[[], int]) -> FastAPI:
    app = FastAPI()

    @app.get("/birds")
    def birds() -> dict[str, int]:
        return {"birds": count()}

    return app
