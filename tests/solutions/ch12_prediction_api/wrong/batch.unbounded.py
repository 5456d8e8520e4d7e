# expect: 1 to 100 rows of numbers are allowed
from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel


class Rows(BaseModel):
    rows: list[list[float]]


def batch_app(predict: Callable[[list[list[float]]], list[str]]) -> FastAPI:
    app = FastAPI()

    @app.post("/predictions")
    def predict_many(asked: Rows) -> dict[str, list[str]]:
        return {"species": predict(asked.rows)}

    return app
