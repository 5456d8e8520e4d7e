"""Eight visitors, one call. Try: many POST /prediction at once, then GET /batches"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request

from chapters.ch12_prediction_api.service.artefact import load
from chapters.ch12_prediction_api.service.batching import MicroBatcher
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import Measurements
from chapters.ch12_prediction_api.service.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    model = load(settings.models / settings.version)
    async with MicroBatcher(model.predict, most=64, wait=0.05) as batcher:
        yield {"batcher": batcher}


app = FastAPI(lifespan=lifespan)
explain(app)


@app.post("/prediction")
async def predict(asked: Measurements, request: Request) -> str:
    species, _ = await request.state.batcher.ask(asked.row())
    return str(species)


@app.get("/batches")
async def list_sizes(request: Request) -> list[int]:
    """How many rows each of the last calls of the model had."""
    sizes: list[int] = request.state.batcher.sizes
    return sizes
