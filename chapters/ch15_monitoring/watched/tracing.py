"""Spans of the API, the broker and the worker, as one trace.

FastAPI makes its own spans once there is a provider. Dramatiq does not: we do.
"""

from typing import Any

import dramatiq
from dramatiq import Broker
from dramatiq import MessageProxy as Message
from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from chapters.ch15_monitoring.watched.settings import Settings

tracer = trace.get_tracer(__name__)


def trace_into_file(settings: Settings, part: str) -> None:
    """A JSON object a line. In production: BatchSpanProcessor and an OTLP exporter."""
    if settings.traces is None:
        return
    file = settings.traces.open("a", encoding="utf-8", buffering=1)
    exporter = ConsoleSpanExporter(
        out=file, formatter=lambda span: span.to_json(indent=None) + "\n"
    )
    name = Resource.create({"service.name": f"{settings.service}-{part}"})
    provider = TracerProvider(resource=name)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


class Traced(dramatiq.Middleware):
    """The trace's context travels in the message's options, as the id does."""

    def __init__(self) -> None:
        self.open: dict[str, tuple[trace.Span, Any]] = {}

    def before_enqueue(self, broker: Broker, message: Any, delay: int | None) -> None:
        kind = trace.SpanKind.PRODUCER
        with tracer.start_as_current_span(f"send {message.actor_name}", kind=kind):
            propagate.inject(message.options)  # traceparent: 00-<trace>-<span>-01

    def before_process_message(self, broker: Broker, message: Message) -> None:
        sent = propagate.extract(message.options)
        kind = trace.SpanKind.CONSUMER
        span = tracer.start_span(f"process {message.actor_name}", sent, kind)
        token = context.attach(trace.set_span_in_context(span))
        self.open[message.message_id] = span, token

    def after_process_message(
        self,
        broker: Broker,
        message: Message,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        span, token = self.open.pop(message.message_id)
        if exception is not None:
            span.set_status(trace.StatusCode.ERROR, type(exception).__name__)
        context.detach(token)
        span.end()
