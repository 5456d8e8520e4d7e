"""Types without bounds: what gets through? Try: POST /prediction with 1e39, or NaN"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from pydantic import BaseModel

from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.settings import Settings


class Loose(BaseModel):
    bill_length_mm: float
    bill_depth_mm: float
    flipper_length_mm: float
    body_mass_g: float


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Model]]:
    settings = Settings()
    yield {"unbounded": load(settings.models / settings.version)}


app = FastAPI(lifespan=lifespan)


@app.post("/prediction")
def predict(asked: Loose, request: Request) -> str:
    model: Model = request.state.unbounded
    [(species, _)] = model.predict([tuple(asked.model_dump().values())])
    return species
