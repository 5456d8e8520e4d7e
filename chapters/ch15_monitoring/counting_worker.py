"""What Dramatiq counts when it is asked to, and a counter of ours.

Run: python -m chapters.ch15_monitoring.watched.work MODULE PORT, MODULE this one
"""

import os
import random

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware.prometheus import Prometheus
from prometheus_client import Counter

url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
broker = RedisBroker(url=url)  # type: ignore[no-untyped-call]
# Since Dramatiq 2 nobody counts unless you say so. First in the list: it sees all.
broker.add_middleware(Prometheus(), before=type(broker.middleware[0]))
dramatiq.set_broker(broker)

DEVELOPED = Counter("observatory_photos_developed_total", "Photos.", ["paper"])


@dramatiq.actor(queue_name="prints", max_retries=0)
def print_photo(paper: str, spoilt: bool = False) -> None:
    if spoilt:
        raise ValueError("somebody opened the door")
    random.random()
    DEVELOPED.labels(paper).inc()
