from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, Field


class Rows(BaseModel):
    rows: Annotated[list[list[float]], Field(min_length=1, max_length=100)]


def batch_app(predict: Callable[[list[list[float]]], list[str]]) -> FastAPI:
    app = FastAPI()

    @app.post("/predictions")
    def predict_many(asked: Rows) -> dict[str, list[str]]:
        return {"species": predict(asked.rows)}

    return app
