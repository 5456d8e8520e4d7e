"""A task that draws: dramatiq -p 1 -t 1 chapters.ch14_text_to_image.basic_worker:queue

One thread, for a pipeline is not thread-safe; one process, for each loads the model.
"""

import logging
import os
from pathlib import Path
from uuid import uuid4

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from chapters.ch14_text_to_image.text_to_image import SHIPPED, TextToImage

ROOM = Path(os.environ.get("BASIC_ROOM", "work/ch14_basic"))
URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
FOLDER = Path(os.environ.get("STUDIO_MODEL_FOLDER", SHIPPED))

# A broker, its middleware, and only then an actor, which belongs to that broker.


class LoadModel(dramatiq.Middleware):
    """The API imports this module too, to send. It must not load a model by that."""

    def __init__(self) -> None:
        self.model: TextToImage | None = None

    def after_process_boot(self, broker: dramatiq.Broker) -> None:
        self.model = TextToImage.chosen(FOLDER)
        self.model.load()


loaded = LoadModel()
queue = RedisBroker(url=URL)  # type: ignore[no-untyped-call]
queue.add_middleware(loaded)


@dramatiq.actor(broker=queue, queue_name="basic", max_retries=3)
def text_to_image_task(
    prompt: str, *, negative_prompt: str | None = None, steps: int | None = None
) -> None:
    assert loaded.model is not None  # this runs in a worker, and its process has booted
    picture = loaded.model.generate(
        prompt, negative_prompt=negative_prompt, steps=steps
    )
    ROOM.mkdir(parents=True, exist_ok=True)
    name = f"{uuid4()}.png"  # that no other task has
    picture.save(ROOM / name)
    logging.info("saved %s", name)
