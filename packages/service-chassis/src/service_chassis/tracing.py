"""The trace context: in over HTTP, with the event through the outbox and Kafka, on in the consumer.

Only the OpenTelemetry API is used here: with an SDK configured the spans are exported, without one
the trace id still joins the log lines of all processes. Kafka's attribute names are still changing
between versions of the conventions; they are kept in one place below.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Token

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from service_chassis.records import Record

MESSAGING_SYSTEM = "messaging.system"
MESSAGING_OPERATION = "messaging.operation.name"
MESSAGING_DESTINATION = "messaging.destination.name"
MESSAGING_GROUP = "messaging.consumer.group.name"
MESSAGING_BATCH = "messaging.batch.message_count"
MOST_LINKS = 32

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("service_chassis")


def outgoing_headers() -> dict[str, str]:
    """``traceparent`` (and ``tracestate``) of the current trace; empty outside one."""
    headers: dict[str, str] = {}
    _propagator.inject(headers)
    return headers


def trace_id() -> str | None:
    """The current trace id in hex; None outside a trace."""
    current = trace.get_current_span().get_span_context()
    return format(current.trace_id, "032x") if current.is_valid else None


def enter_trace(traceparent: str | None, tracestate: str | None = None) -> Token[Context] | None:
    """Continue the caller's trace or begin one; ``leave_trace`` takes what this returns."""
    if trace.get_current_span().get_span_context().is_valid:
        return None
    if traceparent is not None:
        carrier = {"traceparent": traceparent}
        if tracestate is not None:
            carrier["tracestate"] = tracestate
        continued = _propagator.extract(carrier)
        if trace.get_current_span(continued).get_span_context().is_valid:
            return otel_context.attach(continued)
    began = SpanContext(
        trace_id=secrets.randbits(128) | 1,
        span_id=secrets.randbits(64) | 1,
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    return otel_context.attach(trace.set_span_in_context(NonRecordingSpan(began)))


def leave_trace(entered: Token[Context] | None) -> None:
    """Undo ``enter_trace``."""
    if entered is not None:
        otel_context.detach(entered)


@contextmanager
def processing(group: str, records: Sequence[Record]) -> Iterator[None]:
    """A span over a batch of a consumer group, linked to the trace of every record.

    A batch with a single trace continues it, so that what it announces belongs to it too.
    """
    origins = _origins(records)
    only = trace.set_span_in_context(NonRecordingSpan(origins[0])) if len(origins) == 1 else None
    topics = sorted({record.topic for record in records})
    with _tracer.start_as_current_span(
        f"process {topics[0] if topics else group}",
        context=only,
        kind=SpanKind.CONSUMER,
        links=[Link(origin) for origin in origins[:MOST_LINKS]],
        attributes={
            MESSAGING_SYSTEM: "kafka",
            MESSAGING_OPERATION: "process",
            MESSAGING_DESTINATION: ",".join(topics),
            MESSAGING_GROUP: group,
            MESSAGING_BATCH: len(records),
        },
    ):
        yield


def _origins(records: Sequence[Record]) -> list[SpanContext]:
    found: dict[str, SpanContext] = {}
    for record in records:
        traceparent = record.headers.get("traceparent")
        if traceparent and traceparent not in found:
            origin = trace.get_current_span(
                _propagator.extract({"traceparent": traceparent}, context=Context())
            ).get_span_context()
            if origin.is_valid:
                found[traceparent] = origin
    return list(found.values())
