"""What is put around an application, and in which order."""

from prometheus_client import disable_created_metrics
from prometheus_client.registry import Collector
from starlette.types import ASGIApp
from uvicorn.importer import import_from_string

from chapters.ch15_monitoring.watched.brokers import Equipped
from chapters.ch15_monitoring.watched.errors import report_errors
from chapters.ch15_monitoring.watched.exposition import Exposition
from chapters.ch15_monitoring.watched.http_metrics import HttpMetrics
from chapters.ch15_monitoring.watched.logger import configure
from chapters.ch15_monitoring.watched.machine import Machine
from chapters.ch15_monitoring.watched.queues import QueueLengths
from chapters.ch15_monitoring.watched.request_log import RequestLog
from chapters.ch15_monitoring.watched.settings import Settings
from chapters.ch15_monitoring.watched.tracing import trace_into_file


def watch(app: ASGIApp, settings: Settings, *collectors: Collector) -> ASGIApp:
    """From outside to inside: /metrics, the log, the metrics, the application."""
    inside = RequestLog(HttpMetrics(app))
    return Exposition(inside, settings.metrics_token, *collectors)


def make() -> ASGIApp:
    settings = Settings()
    configure(settings)
    report_errors(settings)
    trace_into_file(settings, "api")
    disable_created_metrics()
    queues = QueueLengths(settings.queues)
    app = Equipped(import_from_string(settings.app), queues)
    return watch(app, settings, Machine(), queues)
