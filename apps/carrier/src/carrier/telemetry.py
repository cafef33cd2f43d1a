"""What is seen of messages: spans, counts, and whose message a line of the log is about."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_INSTANCE_ID,
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from carrier.conventions import attributes_of, destination_of
from carrier.metrics import Metrics
from carrier.wire.envelope import Output
from carrier.wire.work import Work

LAST_SPANS = 2.0
PROPAGATOR = TraceContextTextMapPropagator()
Trace = tuple[str | None, str | None]

current: ContextVar[Mapping[str, str]] = ContextVar("current", default=MappingProxyType({}))
"""Fields of log lines that are written while a message is handled."""


def tracing(app: str, version: str, instance: str, exporter: SpanExporter | None = None) -> TracerProvider:
    """
    Sends spans where OTEL_EXPORTER_OTLP_ENDPOINT says; the SDK reads its other variables itself, of which
    OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES outrank what the app is called.
    """
    named = {SERVICE_NAME: app, SERVICE_VERSION: version, SERVICE_INSTANCE_ID: instance}
    # Without a name of its own the SDK makes one up, which would outrank the app's.
    said = OTELResourceDetector().detect()
    provider = TracerProvider(shutdown_on_exit=False, resource=Resource.create(named).merge(said))
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
    return provider


class Telemetry:
    """Without a provider no span is made, and the trace that a message carries is passed on as it is."""

    def __init__(self, app: str, provider: TracerProvider | None = None, metrics: Metrics | None = None) -> None:
        self._app = app
        self._provider = provider
        self._metrics = metrics
        self._tracer = None if provider is None else provider.get_tracer("carrier")

    @contextlib.contextmanager
    def process(self, work: Work) -> Iterator["MessageSpan"]:
        """
        A first delivery continues the trace of its message; another one, which may come days later, begins a trace
        that links to it, and can be found by the business keys of the message.
        """
        event, delivery, step = work.event, work.delivery, work.durable.step.name
        carried = (event.traceparent, event.tracestate) if event is not None else (None, None)
        durable = f"{self._app}__{step}"
        fields = {"step": durable}
        if event is not None:
            fields |= {"flow_id": event.flow_id[:256], "event_id": event.id[:256]}
        sent = _context_of(carried)
        redelivered = delivery.comes_back or delivery.deliveries > 1
        template, lane = destination_of(delivery.subject)
        began, span = time.monotonic(), None
        if self._tracer is not None:
            linked = trace.get_current_span(sent).get_span_context()
            span = self._tracer.start_span(
                f"process {template}",
                context=otel.Context() if redelivered else sent,
                kind=SpanKind.CONSUMER,
                links=[Link(linked)] if redelivered and linked.is_valid else [],
                attributes=attributes_of(
                    "process",
                    delivery.subject,
                    template,
                    lane,
                    len(delivery.payload),
                    event.id if event is not None else None,
                    event.flow_id if event is not None else None,
                    event.type if event is not None else None,
                )
                | {
                    "messaging.consumer.group.name": durable,
                    "troupe.app": self._app,
                    "troupe.step": step,
                }
                | (_told_again(work) if redelivered else {}),
            )
        fields |= _log_fields(span, carried)
        token = current.set(fields)
        attached = otel.attach(trace.set_span_in_context(span, sent)) if span is not None else None
        observed = MessageSpan(span, carried)
        try:
            yield observed
        finally:
            if attached is not None:
                otel.detach(attached)
            current.reset(token)
            if self._metrics is not None:
                at = event.attributes.get("time") if event is not None else None
                seconds = time.monotonic() - began
                self._metrics.processed(step, template, observed.outcome, observed.error_type, seconds, at)

    @contextlib.contextmanager
    def send(self, work: Work, output: Output) -> Iterator["MessageSpan"]:
        """Child of the step's span."""
        event = work.event
        carried = (event.traceparent, event.tracestate) if event is not None else (None, None)
        subject = output.outgoing.subject
        template, lane = destination_of(subject)
        began, span = time.monotonic(), None
        if self._tracer is not None:
            span = self._tracer.start_span(
                f"send {template}",
                kind=SpanKind.PRODUCER,
                attributes=attributes_of(
                    "send",
                    subject,
                    template,
                    lane,
                    len(output.outgoing.payload),
                    output.id,
                    output.flow_id,
                    output.contract.id,
                )
                | {"troupe.app": self._app},
            )
        observed = MessageSpan(span, carried)
        try:
            yield observed
        finally:
            if self._metrics is not None:
                self._metrics.sent(template, observed.error_type, time.monotonic() - began)

    def shutdown(self) -> None:
        """Sends the last spans; a collector that is away is not waited for."""
        if self._provider is not None:
            sending = threading.Thread(target=self._provider.shutdown, daemon=True)
            sending.start()
            sending.join(LAST_SPANS)


class MessageSpan:
    """The span of one message, or nothing where nothing is traced."""

    def __init__(self, span: Span | None, carried: Trace) -> None:
        self._span = span
        self._carried = carried
        self.outcome = ""
        self.error_type = ""

    @property
    def trace(self) -> Trace:
        """What the next step is to see."""
        if self._span is None:
            return self._carried
        headers: dict[str, str] = {}
        PROPAGATOR.inject(headers, trace.set_span_in_context(self._span))
        return headers.get("traceparent"), headers.get("tracestate")

    def end(self, outcome: str | None, sentence: str | None, error: BaseException | None) -> None:
        """The sentence stands for the error's own, which may quote sensitive values."""
        self.outcome = outcome or ""
        self.error_type = "" if error is None else type(error).__name__
        if self._span is None:
            return
        if outcome is not None:
            self._span.set_attribute("troupe.outcome", outcome)
        if error is not None:
            exception = {"exception.type": self.error_type, "exception.message": sentence or ""}
            self._span.set_attribute("error.type", self.error_type)
            self._span.set_status(Status(StatusCode.ERROR, sentence))
            self._span.add_event("exception", exception)
        self._span.end()


def _told_again(work: Work) -> dict[str, Any]:
    """What begins a trace can be found by the business keys of its message."""
    contract = work.contract
    keys = {} if contract is None else contract.keys_of(work.data)
    return {"troupe.redelivered": True} | {
        f"troupe.business_key{path.replace('/', '.')}": value for path, value in keys.items()
    }


def _context_of(carried: Trace) -> otel.Context:
    headers = {name: value for name, value in zip(("traceparent", "tracestate"), carried, strict=True) if value}
    return PROPAGATOR.extract(headers, otel.Context())


def _log_fields(span: Span | None, carried: Trace) -> dict[str, str]:
    if span is not None:
        found = span.get_span_context()
        return {"trace_id": f"{found.trace_id:032x}", "span_id": f"{found.span_id:016x}"}
    parts = (carried[0] or "").split("-")
    return {"trace_id": parts[1]} if len(parts) >= 4 else {}
