"""Read the model when somebody first asks, and once. Try: POST /prediction, GET /reads

For an endpoint that is rarely used: the start is fast, and the first visitor pays.
"""

from threading import Lock
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException

from chapters.ch12_prediction_api.service.artefact import Model, Refused, load
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import Measurements, Problem
from chapters.ch12_prediction_api.service.settings import Settings


class LazyModel:
    def __init__(self) -> None:
        self.reads = 0
        self._model: Model | None = None
        self._lock = Lock()

    def __call__(self) -> Model:
        with self._lock:  # many first visitors come at once: one reads, the rest wait
            if self._model is None:
                settings = Settings()
                try:
                    self._model = load(settings.models / settings.version)
                except Refused as refusal:
                    raise HTTPException(503, f"Not ready: {refusal}.") from refusal
                self.reads += 1
        return self._model


lazy_model = LazyModel()
app = FastAPI()
explain(app)


@app.post("/prediction", responses={503: {"model": Problem}})
def predict(asked: Measurements, model: Annotated[Model, Depends(lazy_model)]) -> str:
    [(species, _)] = model.predict([asked.row()])
    return species


@app.get("/reads")
async def count_reads() -> int:
    return lazy_model.reads
