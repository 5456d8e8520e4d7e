"""One forest, asked in every way; race.py compares them.

Try: PENGUIN_MODELS=... uvicorn chapters.ch12_prediction_api.ways:app
"""

import asyncio
import json
import multiprocessing
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from chapters.ch12_prediction_api.cache_lru import Remembering
from chapters.ch12_prediction_api.orphans import leave_with_parent
from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.batching import MicroBatcher
from chapters.ch12_prediction_api.service.schemas import Measurements, Prediction, Row
from chapters.ch12_prediction_api.service.settings import Settings

children: list[Model] = []  # in a child process: its own copy of the model


def load_in_child(folder: Path) -> None:
    leave_with_parent()
    children.append(load(folder))


def predict_in_child(row: Row) -> tuple[str, float]:
    return children[0].predict([row])[0]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    folder = settings.models / settings.version
    model = load(folder)
    spawn = multiprocessing.get_context("spawn")  # a fork would copy held locks
    with ProcessPoolExecutor(2, spawn, load_in_child, (folder,)) as pool:
        pool.submit(len, folder.name).result()  # the first one waits for the children
        async with MicroBatcher(model.predict) as batcher:
            remembering = Remembering(model)
            lives = {"model": model, "batcher": batcher, "remembering": remembering}
            yield {**lives, "pool": pool}


app = FastAPI(lifespan=lifespan)


def told(species: str, probability: float = 1.0) -> Prediction:
    return Prediction(species=species, probability=probability, version="2026.1")


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def parse_only(request: Request) -> JSONResponse:
    """Starlette's own endpoint: no model of the body, and none of the answer."""
    json.loads(await request.body())
    return JSONResponse({"species": "Adelie", "probability": 1, "version": "2026.1"})


app.add_route("/bare", parse_only, methods=["POST"])


@app.post("/validated")
async def validated(asked: Measurements) -> Prediction:
    return told("Adelie")


@app.post("/inline")
async def inline(asked: Measurements, request: Request) -> Prediction:
    return told(*request.state.model.predict([asked.row()])[0])


@app.post("/def")
def plain_def(asked: Measurements, request: Request) -> Prediction:
    return told(*request.state.model.predict([asked.row()])[0])


@app.post("/threadpool")
async def threadpool(asked: Measurements, request: Request) -> Prediction:
    answers = await run_in_threadpool(request.state.model.predict, [asked.row()])
    return told(*answers[0])


@app.post("/processes")
async def processes(asked: Measurements, request: Request) -> Prediction:
    loop, pool = asyncio.get_running_loop(), request.state.pool
    return told(*await loop.run_in_executor(pool, predict_in_child, asked.row()))


@app.post("/batched")
async def batched(asked: Measurements, request: Request) -> Prediction:
    return told(*await request.state.batcher.ask(asked.row()))


@app.post("/cached")
async def cached(asked: Measurements, request: Request) -> Prediction:
    return told(request.state.remembering.name_penguin(asked.row()))
