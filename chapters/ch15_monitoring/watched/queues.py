"""How many messages wait, asked of Redis at the moment of the scrape."""

from collections.abc import Iterable

from dramatiq.brokers.redis import RedisBroker
from loguru import logger
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError


class QueueLengths(Collector):
    def __init__(self, broker: RedisBroker) -> None:
        self.broker = broker

    def collect(self) -> Iterable[GaugeMetricFamily]:
        lengths = GaugeMetricFamily(
            "observatory_queue_messages", "Messages that wait.", labels=["queue"]
        )
        try:
            for name in sorted(self.broker.get_declared_queues()):
                key = f"{self.broker.namespace}:{name}"
                lengths.add_metric([name], self.broker.client.llen(key))
        except RedisError as error:
            # No number is better than a wrong one: 0 would look like a quiet night.
            logger.warning("the queues are not counted: {}", type(error).__name__)
            return
        yield lengths
