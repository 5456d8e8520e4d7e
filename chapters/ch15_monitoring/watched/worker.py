"""Any Dramatiq worker, watched: WATCH_WORKER names its broker. Run: see work.py"""

import dramatiq
from dramatiq.middleware.prometheus import Prometheus
from uvicorn.importer import import_from_string

from chapters.ch15_monitoring.watched.errors import report_errors
from chapters.ch15_monitoring.watched.jobs import JobLog
from chapters.ch15_monitoring.watched.logger import configure
from chapters.ch15_monitoring.watched.settings import Settings
from chapters.ch15_monitoring.watched.tracing import Traced, trace_into_file

settings = Settings()
configure(settings)
report_errors(settings)
trace_into_file(settings, "worker")
broker: dramatiq.Broker = import_from_string(settings.worker)
dramatiq.set_broker(broker)  # this module's, for those who start it by its name
# Ours go first: what comes later, such as loading a model, happens inside of them.
for middleware in (Traced(), JobLog(), Prometheus()):
    broker.add_middleware(middleware, before=type(broker.middleware[0]))
