"""How many messages wait, asked of Redis at the moment of the scrape."""

from collections.abc import Iterable

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from loguru import logger
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError


class QueueLengths(Collector):
    """Of those queues that are named, and of those that a broker has declared."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names, self.brokers = {*names}, list[dramatiq.Broker]()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        lengths = GaugeMetricFamily(
            "observatory_queue_messages", "Messages that wait.", labels=["queue"]
        )
        redis = [one for one in self.brokers if isinstance(one, RedisBroker)]
        try:
            for broker in redis:
                for name in sorted(self.names | broker.get_declared_queues()):
                    key = f"{broker.namespace}:{name}"
                    lengths.add_metric([name], broker.client.llen(key))
        except RedisError as error:
            # No number is better than a wrong one: 0 would look like a quiet night.
            logger.warning("the queues are not counted: {}", type(error).__name__)
            return
        yield lengths
