# expect: because that is what the model says of 39.1
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Bird(BaseModel):
    bill_length_mm: float


def penguin_app(load: Callable[[], Callable[[float], str]]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.name = load()
        yield

    app = FastAPI(lifespan=lifespan)
    app.state.name = None

    @app.post("/prediction")
    def predict(bird: Bird) -> dict[str, str]:
        if app.state.name is None:
            raise HTTPException(503, "Not loaded yet.")
        return {"species": "Adelie" if bird.bill_length_mm < 43 else "Gentoo"}

    return app
