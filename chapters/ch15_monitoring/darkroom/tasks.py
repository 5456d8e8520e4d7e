"""What the worker does. Run: dramatiq chapters.ch15_monitoring.darkroom.tasks"""

import hashlib
import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from loguru import logger

url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
broker = RedisBroker(url=url)  # type: ignore[no-untyped-call]
dramatiq.set_broker(broker)


def key(photo_id: str) -> str:
    return f"darkroom:{photo_id}"


@dramatiq.actor(queue_name="darkroom", max_retries=0)
def develop(photo_id: str, title: str, baths: int = 1) -> None:
    """Baths cost time; a title with "light" in it was exposed to some."""
    logger.info("developing {photo}", photo=photo_id)
    picture = title.encode()
    for _ in range(baths):
        picture = hashlib.pbkdf2_hmac("sha256", picture, b"fixer", 20_000)
    if "light" in title:
        raise ValueError(f"photo {photo_id} has seen the light")
    broker.client.set(key(photo_id), picture.hex(), ex=600)
