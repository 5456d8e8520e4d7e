"""Answers that all processes share. Try: REDIS_URL=... and POST /prediction twice

A cache may be away; then the model answers, slower, and nobody gets an error.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool

from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import Measurements, Row
from chapters.ch12_prediction_api.service.settings import Settings

HOUR = 3600


class SharedCache:
    def __init__(self, redis: Redis, model: Model) -> None:
        self.redis, self.model = redis, model

    async def predict(self, row: Row) -> tuple[str, str]:
        """The species, and who said so."""
        # All servers share these keys: a hash is never given to two models.
        key = f"penguin:{self.model.sha256}:{row}"
        try:
            if found := await self.redis.get(key):
                return str(found), "redis"
        except RedisError:
            return await self._ask(row), "the model, for redis is away"
        species = await self._ask(row)
        await self._keep(key, species)
        return species, "the model"

    async def _ask(self, row: Row) -> str:
        answers = await run_in_threadpool(self.model.predict, [row])
        return answers[0][0]

    async def _keep(self, key: str, species: str) -> None:
        try:
            await self.redis.set(key, species, ex=HOUR)  # what nobody asks for expires
        except RedisError:
            print("the answer was not kept")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    model = load(settings.models / settings.version)
    # Patience must be short: a visitor waits behind it.
    patience: dict[str, Any] = {"socket_timeout": 1, "socket_connect_timeout": 1}
    async with Redis.from_url(url, decode_responses=True, **patience) as redis:
        yield {"shared": SharedCache(redis, model)}


app = FastAPI(lifespan=lifespan)
explain(app)


@app.post("/prediction")
async def predict(asked: Measurements, request: Request) -> dict[str, str]:
    species, source = await request.state.shared.predict(asked.row())
    return {"species": species, "said by": source}
