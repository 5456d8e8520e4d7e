"""Answers on disk, for the next process too. Try: POST /prediction, DELETE /cache"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import joblib
from fastapi import Depends, FastAPI, Request

from chapters.ch12_prediction_api.service.app import require_admin
from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import Measurements, Problem, Row
from chapters.ch12_prediction_api.service.settings import Settings


# A function of the module: its name and code are part of the key, a method's are not.
def name_penguin(version: str, row: Row, model: Model) -> str:
    return model.predict([row])[0][0]


class DiskCache:
    """`ignore` leaves the model out of the key, so its version must be in it."""

    def __init__(self, folder: Path, model: Model, *, most: int = 1000) -> None:
        self.memory = joblib.Memory(folder, verbose=0)
        self.cached = self.memory.cache(name_penguin, ignore=["model"])
        self.model, self.most, self.misses = model, most, count(1)

    def predict(self, row: Row) -> tuple[str, bool]:
        """The species, and whether it was on disk already."""
        asked = (self.model.version, row, self.model)
        hit = self.cached.check_call_in_cache(*asked)
        species: str = self.cached(*asked)
        # It grows by itself and never shrinks by itself.
        if not hit and next(self.misses) % max(1, self.most // 10) == 0:
            self.memory.reduce_size(items_limit=self.most)
        return species, hit


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    model = load(settings.models / settings.version)
    yield {"disk": DiskCache(settings.cache, model), "settings": settings}


def get_cache(request: Request) -> DiskCache:
    cache: DiskCache = request.state.disk
    return cache


app = FastAPI(lifespan=lifespan)
explain(app)
Cache = Annotated[DiskCache, Depends(get_cache)]


# All of this is `def`: joblib reads and writes files, and waits for them.
@app.post("/prediction")
def predict(asked: Measurements, cache: Cache) -> dict[str, str | bool]:
    species, hit = cache.predict(asked.row())
    return {"species": species, "from the cache": hit}


@app.delete(
    "/cache",
    status_code=204,
    dependencies=[Depends(require_admin)],
    responses={401: {"model": Problem}},
)
def empty_cache(cache: Cache) -> None:
    cache.memory.clear(warn=False)
