"""Names penguins by four measurements. Run: python -m chapters.ch12_prediction_api"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from secrets import compare_digest
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request

from chapters.ch12_prediction_api.service.artefact import Refused
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.predictor import Predictor
from chapters.ch12_prediction_api.service.schemas import (
    Batch,
    Chosen,
    Measurements,
    Prediction,
    Predictions,
    Problem,
    Ready,
)
from chapters.ch12_prediction_api.service.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """The model is read here: not at import, and not by the first visitor."""
    settings = Settings()
    predictor = Predictor(settings.models)
    with suppress(Refused):  # alive, and not ready: /ready says why
        await predictor.use(settings.version)
    async with predictor.batcher:
        yield {"predictor": predictor, "settings": settings}


app = FastAPI(title="Penguins", lifespan=lifespan, max_body_size=200_000)
explain(app)


def get_predictor(request: Request) -> Predictor:
    predictor: Predictor = request.state.predictor
    return predictor


def require_admin(request: Request, x_admin_key: Annotated[str, Header()] = "") -> None:
    settings: Settings = request.state.settings
    known = settings.admin_key.get_secret_value() if settings.admin_key else ""
    if not (known and compare_digest(x_admin_key.encode(), known.encode())):
        raise HTTPException(401, "Show the administrator's key.")


Asked = Annotated[Predictor, Depends(get_predictor)]
NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": Problem, "description": "There is no model to ask, or a crowd."}
}
TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {"description": "Too large a body.", "content": {"text/plain": {}}}
}
REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Not the administrator's key."},
    409: {"model": Problem, "description": "This model is not loaded, and why."},
}


@app.get("/health")
async def health() -> dict[str, str]:
    """I live: do not restart me."""
    return {"status": "alive"}


@app.get("/ready", responses=NOT_READY)
async def ready(predictor: Asked) -> Ready:
    """Send me visitors, or (503) do not."""
    return Ready(version=predictor.model.version)


@app.post("/prediction", responses=NOT_READY | TOO_LARGE)
async def predict(asked: Measurements, predictor: Asked) -> Prediction:
    return await predictor.predict(asked.row())


@app.post("/predictions", responses=NOT_READY | TOO_LARGE)
async def predict_many(asked: Batch, predictor: Asked) -> Predictions:
    rows = [penguin.row() for penguin in asked.penguins]
    return Predictions(predictions=await predictor.predict_many(rows))


@app.put(
    "/model",
    dependencies=[Depends(require_admin)],
    responses=REFUSED | NOT_READY | TOO_LARGE,
)
async def change_model(chosen: Chosen, predictor: Asked) -> Ready:
    await predictor.use(chosen.version)
    return Ready(version=predictor.model.version)
