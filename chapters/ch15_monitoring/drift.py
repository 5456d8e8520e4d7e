"""Is the model still asked what it was trained for? Chapter 12's forest, watched.

Try: PENGUIN_MODELS=... and POST /prediction, then look at the drift in /metrics
"""

import math
from collections import Counter as Tally
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from prometheus_client import Counter, Gauge, Histogram

from chapters.ch12_prediction_api.service.artefact import Model, load
from chapters.ch12_prediction_api.service.errors import explain
from chapters.ch12_prediction_api.service.schemas import Measurements
from chapters.ch12_prediction_api.service.settings import Settings
from chapters.ch12_prediction_api.service.training import read_penguins

ENOUGH = 30  # fewer birds than that say nothing about their kind
NAMED = Counter(
    "observatory_predictions_total", "Predictions.", ["species", "model_version"]
)
SURENESS = Histogram(
    "observatory_prediction_probability_ratio",
    "How sure the model was, from 0 to 1.",
    buckets=(0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1),
)
DRIFT = Gauge(
    "observatory_prediction_drift_psi",
    "Population stability index of the last predictions against the training data.",
    ["model_version"],
)


def shares(species: Iterable[str], known: Iterable[str]) -> dict[str, float]:
    """Each species' share; half a bird is added to each, so that none is zero."""
    tally = Tally(species)
    names = sorted(known)
    total = sum(tally[name] for name in names) + 0.5 * len(names)
    return {name: (tally[name] + 0.5) / total for name in names}


def psi(now: Mapping[str, float], then: Mapping[str, float]) -> float:
    """Population stability index: 0 is the same; above 0.25 somebody should look."""
    return sum((now[n] - then[n]) * math.log(now[n] / then[n]) for n in then)


class Watched:
    def __init__(self, model: Model, trained: Iterable[str], window: int = 100) -> None:
        self.model = model
        self.trained = shares(trained, {*trained})
        self.last: deque[str] = deque(maxlen=window)

    def predict(self, asked: Measurements) -> str:
        [(species, probability)] = self.model.predict([asked.row()])
        self.last.append(species)
        NAMED.labels(species, self.model.version).inc()
        SURENESS.observe(probability)
        if len(self.last) >= ENOUGH:
            now = shares(self.last, self.trained)
            DRIFT.labels(self.model.version).set(psi(now, self.trained))
        return species


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings = Settings()
    model = load(settings.models / settings.version)
    yield {"watched": Watched(model, read_penguins()[1].tolist())}


app = FastAPI(lifespan=lifespan)
explain(app)


@app.post("/prediction")
def predict(asked: Measurements, request: Request) -> dict[str, str]:
    return {"species": request.state.watched.predict(asked)}
