"""The broker that the API and the workers share: all they agree on is a name and an id.

Try: send(broker(Settings()), uuid4()), which any worker takes for a plate that is gone
"""

import uuid

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO, Retries, ShutdownNotifications
from redis.backoff import NoBackoff
from redis.retry import Retry

from chapters.ch14_text_to_image.studio.settings import Settings

QUEUE, ACTOR = "plates", "draw"


def broker(settings: Settings) -> RedisBroker:
    client = redis.Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=1,
        socket_timeout=5,
        retry=Retry(NoBackoff(), 1),  # once: a request of a visitor is waiting
    )
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=client,
        namespace=settings.namespace,
        middleware=[
            # One event loop for a worker's whole life, and all its actors.
            AsyncIO(),
            # Asked to leave, a worker gives its job back instead of finishing it.
            ShutdownNotifications(notify_shutdown=True),
            # How often is our affair, in the database; when, Dramatiq's.
            Retries(max_retries=1000, min_backoff=int(1000 * settings.retry_seconds)),
        ],
        # A worker that is silent for so long is dead, and its messages come back ...
        heartbeat_timeout=int(1000 * settings.heartbeat_seconds),
        # ... when somebody looks. By default one fetch in a thousand does.
        maintenance_chance=1_000_000,
    )


def send(queue: RedisBroker, plate_id: uuid.UUID, *, delay: float = 0) -> None:
    """Raises redis.RedisError when the broker is away. `delay` in seconds."""
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=QUEUE,
        actor_name=ACTOR,
        args=(str(plate_id),),
        kwargs={},
        options={},
    )
    queue.enqueue(message, delay=int(1000 * delay) or None)
