"""The model that answers now, and how it makes room for the next one."""

import asyncio
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from chapters.ch12_prediction_api.service.artefact import Model, Refused, load
from chapters.ch12_prediction_api.service.batching import MicroBatcher
from chapters.ch12_prediction_api.service.schemas import Prediction, Row

REMEMBERED = 10_000  # answers a model keeps
Answer = tuple[Model, str, float]


class NotReady(Exception):
    """There is no model to ask, and why."""


class Predictor:
    """Cheap to make. `use` reads a model; until then nothing can be predicted."""

    def __init__(self, models: Path) -> None:
        self.models = models
        self.reason = "no model has been loaded yet"
        self.batcher = MicroBatcher(self._ask)
        self._current: Model | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def model(self) -> Model:
        if self._current is None:
            raise NotReady(self.reason)
        return self._current

    async def use(self, version: str) -> None:
        """Check the new model while the old one answers, then exchange the two."""
        async with self._one_at_a_time:
            try:
                model = await run_in_threadpool(load, self.models / version)
            except Refused as refusal:
                if self._current is None:
                    self.reason = str(refusal)
                raise
            self._current = model  # one assignment: nobody ever sees half a model

    async def predict(self, row: Row) -> Prediction:
        model = self.model
        if row in model.answers:
            species, probability = model.answers[row]
        else:
            # Who answers is known afterwards: the model may change while we wait.
            model, species, probability = await self.batcher.ask(row)
            if len(model.answers) >= REMEMBERED:
                del model.answers[next(iter(model.answers))]
            model.answers[row] = species, probability
        return prediction(model, species, probability)

    async def predict_many(self, rows: list[Row]) -> list[Prediction]:
        """A batch is a batch already: one call."""
        answers = await run_in_threadpool(self._ask, rows)
        return [prediction(*answer) for answer in answers]

    def _ask(self, rows: list[Row]) -> list[Answer]:
        model = self.model  # once: one batch, one model
        return [(model, *answer) for answer in model.predict(rows)]


def prediction(model: Model, species: str, probability: float) -> Prediction:
    rounded = round(probability, 3)
    return Prediction(species=species, probability=rounded, version=model.version)
