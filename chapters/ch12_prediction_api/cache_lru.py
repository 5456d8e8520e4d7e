"""Answers in this process's memory. Try: POST /prediction twice, then GET /info"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request

from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import Measurements, Row
from chapters.ch12_prediction_api.service.settings import Settings


class Remembering:
    """A cache of its own for each model: a new one begins with an empty one."""

    def __init__(self, model: Model, most: int = 10_000) -> None:
        @lru_cache(maxsize=most)  # full: what was not asked for the longest time goes
        def name_penguin(row: Row) -> str:
            return model.predict([row])[0][0]

        self.name_penguin = name_penguin


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    yield {"remembering": Remembering(load(settings.models / settings.version))}


app = FastAPI(lifespan=lifespan)
explain(app)


@app.post("/prediction")
def predict(asked: Measurements, request: Request) -> str:
    species: str = request.state.remembering.name_penguin(asked.row())
    return species


@app.get("/info")
async def info(request: Request) -> dict[str, int]:
    known: dict[str, int] = (
        request.state.remembering.name_penguin.cache_info()._asdict()
    )
    return known
