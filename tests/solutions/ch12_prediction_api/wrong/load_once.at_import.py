# expect: the app had not started yet
from collections.abc import Callable

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Bird(BaseModel):
    bill_length_mm: float


def penguin_app(load: Callable[[], Callable[[float], str]]) -> FastAPI:
    app = FastAPI()
    app.state.name = load()

    @app.post("/prediction")
    def predict(bird: Bird) -> dict[str, str]:
        if app.state.name is None:
            raise HTTPException(503, "Not loaded yet.")
        return {"species": app.state.name(bird.bill_length_mm)}

    return app
