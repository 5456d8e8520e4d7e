"""A model as a dependency, read when the server starts. Try: POST /prediction"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException

from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import (
    Measurements,
    Prediction,
    Problem,
)
from chapters.ch12_prediction_api.service.settings import Settings

NOT_LOADED: dict[int | str, dict[str, Any]] = {503: {"model": Problem}}


class PenguinNamer:
    """Cheap to make, so importing this module reads no file; `load` reads it."""

    def __init__(self) -> None:
        self._model: Model | None = None

    def load(self) -> None:
        settings = Settings()
        self._model = load(settings.models / settings.version)

    # Not async: it computes, so FastAPI runs it in a thread. It is the dependency.
    def predict(self, asked: Measurements) -> Prediction:
        if self._model is None:
            raise HTTPException(503, "The model is not loaded yet.")
        [(species, probability)] = self._model.predict([asked.row()])
        version = self._model.version
        return Prediction(species=species, probability=probability, version=version)


namer = PenguinNamer()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    namer.load()
    yield


app = FastAPI(lifespan=lifespan)
explain(app)


@app.post("/prediction", responses=NOT_LOADED)
async def predict(answer: Annotated[Prediction, Depends(namer.predict)]) -> Prediction:
    return answer
