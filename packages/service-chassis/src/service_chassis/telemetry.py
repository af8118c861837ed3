"""Every metric of the chassis, declared once, with its labels and its meaning.

To add one: call ``declare_counter``, ``declare_gauge`` or ``declare_histogram`` at module level,
here for the chassis, in ``telemetry.py`` of a service for its own. Give it a Prometheus name (base
unit as suffix, counters end in ``_total``), a sentence of meaning and the labels. The label
``service`` comes by itself and first. The call returns the metric; ``CATALOGUE`` lists it, and the
generated table of metrics and the dashboards' checks read that list. A name declared twice fails at
import.

Label values must be few and known beforehand: route templates, groups, topics, reasons. Never a
client, an order, a park or the text of an error. Where partners' codes are wanted, `Bounded` keeps
their number down. Money totals live in the database, never here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# Twice the series for a moment nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS_OF_A_REQUEST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """What the catalogue tells about one metric."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...]


REGISTRY = CollectorRegistry()
CATALOGUE: dict[str, Metric] = {}

OF_THE_CLIENT: tuple[Metric, ...] = (
    Metric("process_cpu_seconds_total", "counter", "Processor time, of the user and system.", ()),
    Metric("process_max_fds", "gauge", "File descriptors the process may open.", ()),
    Metric("process_open_fds", "gauge", "File descriptors that are open.", ()),
    Metric("process_resident_memory_bytes", "gauge", "Memory that is resident.", ()),
    Metric("process_start_time_seconds", "gauge", "When the process began, since 1970.", ()),
    Metric("process_virtual_memory_bytes", "gauge", "Memory that is mapped.", ()),
    Metric("python_info", "gauge", "Always 1; names the interpreter.", (
        "implementation", "major", "minor", "patchlevel", "version",
    )),
)  # fmt: skip
"""What the client library shows of every process; the scrape adds the label `service`."""

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)


def declare_counter(name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
    """Declare something that only grows; ``name`` ends in ``_total``."""
    if not name.endswith("_total"):
        raise ValueError(f"The counter {name!r} must end in _total.")
    return Counter(name, meaning, _enter(name, "counter", meaning, labels), registry=REGISTRY)


def declare_gauge(name: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
    """Declare something that goes up and down."""
    return Gauge(name, meaning, _enter(name, "gauge", meaning, labels), registry=REGISTRY)


def declare_histogram(
    name: str,
    meaning: str,
    labels: Sequence[str] = (),
    buckets: Sequence[float] = SECONDS_OF_A_REQUEST,
) -> Histogram:
    """Declare a distribution; ``buckets`` are upper bounds in the unit of the name."""
    entered = _enter(name, "histogram", meaning, labels)
    return Histogram(name, meaning, entered, buckets=buckets, registry=REGISTRY)


def _enter(
    name: str,
    kind: Literal["counter", "gauge", "histogram"],
    meaning: str,
    labels: Sequence[str],
) -> tuple[str, ...]:
    if name in CATALOGUE:
        raise ValueError(f"The metric {name!r} is declared twice.")
    entered = ("service", *(label for label in labels if label != "service"))
    CATALOGUE[name] = Metric(name, kind, meaning, entered)
    return entered


class Bounded:
    """A label whose values come from outside: the first `most` by their names, all others as one.

    Every process counts for itself; a restart forgets, and so the busiest come back first.
    """

    OTHERS = "others"

    def __init__(self, most: int = 50) -> None:
        self._most = most
        self._known: set[str] = set()

    def __call__(self, value: str) -> str:
        if value in self._known:
            return value
        if len(self._known) >= self._most:
            return self.OTHERS
        self._known.add(value)
        return value


def show_by(gauge: Gauge, service: str, values: Mapping[str, float]) -> None:
    """Set a gauge with one label beside `service`, and drop the values that are not named now.

    What is no longer told of would stand at its last value for ever. The rest is never missing,
    not even between two statements: a scrape runs in a thread of its own.
    """
    for sample in [sample for family in gauge.collect() for sample in family.samples]:
        (value,) = (text for name, text in sample.labels.items() if name != "service")
        if sample.labels["service"] == service and value not in values:
            gauge.remove(service, value)
    for value, number in values.items():
        gauge.labels(service, value).set(number)


HTTP_REQUESTS_TOTAL = declare_counter(
    "http_requests_total",
    "Requests answered, by route template (unmatched for a path of no route).",
    ["route", "method", "status_class"],
)
HTTP_REQUEST_DURATION_SECONDS = declare_histogram(
    "http_request_duration_seconds",
    "Time from the first byte of a request to the last byte of its answer.",
    ["route", "method"],
)
IDEMPOTENCY_REPLAYS_TOTAL = declare_counter(
    "idempotency_replays_total",
    "Requests answered from the stored answer of an earlier one with the same Idempotency-Key.",
)
RATE_LIMITED_TOTAL = declare_counter(
    "rate_limited_total", "Requests refused because their client sends too many."
)

OUTBOX_PENDING = declare_gauge("outbox_pending", "Outbox rows that are not sent yet.")
OUTBOX_OLDEST_AGE_SECONDS = declare_gauge(
    "outbox_oldest_age_seconds",
    "Age of the oldest outbox row that is not sent yet; 0 if none waits.",
)
OUTBOX_SENT_TOTAL = declare_counter("outbox_sent_total", "Outbox rows the relay has sent.")
RELAY_FAILURES_TOTAL = declare_counter(
    "relay_failures_total", "Batches the relay could not send and tries again."
)

CONSUMER_RECORDS_TOTAL = declare_counter(
    "consumer_records_total", "Records a consumer group has taken and committed.", ["group"]
)
CONSUMER_BATCH_SECONDS = declare_histogram(
    "consumer_batch_seconds",
    "Time one transaction of a consumer group takes, from the claim in the inbox to the commit.",
    ["group"],
)
CONSUMER_RETRYING_SECONDS = declare_gauge(
    "consumer_retrying_seconds",
    "How long a consumer group has been retrying the batch in its hands; 0 while it moves.",
    ["group"],
)
CONSUMER_LAG_MESSAGES = declare_gauge(
    "consumer_lag_messages",
    "Messages between a consumer group's position and the end of the partition.",
    ["group", "topic", "partition"],
)
CONSUMER_LAG_SECONDS = declare_gauge(
    "consumer_lag_seconds",
    "Age of the last record a consumer group took while more are waiting; 0 at the end.",
    ["group"],
)
CONSUMER_PARTITIONS = declare_gauge(
    "consumer_partitions", "Partitions of Kafka a consumer group reads in this process.", ["group"]
)
CONSUMER_LAST_POLL_TIMESTAMP_SECONDS = declare_gauge(
    "consumer_last_poll_timestamp_seconds",
    "When a consumer group last asked Kafka for records, in seconds since 1970.",
    ["group"],
)
INBOX_REDELIVERED_TOTAL = declare_counter(
    "inbox_redelivered_total", "Records that came again and were not counted again.", ["group"]
)
DEAD_LETTERS = declare_gauge(
    "dead_letters", "Buried records that nobody has replayed or discarded."
)
DEAD_LETTERS_BURIED_TOTAL = declare_counter(
    "dead_letters_buried_total", "Records buried, by class of reason.", ["reason"]
)
KAFKA_PRODUCER_REBUILDS_TOTAL = declare_counter(
    "kafka_producer_rebuilds_total", "Poisoned Kafka producers thrown away and built anew."
)

EVENT_LOOP_LAG_SECONDS = declare_gauge(
    "event_loop_lag_seconds",
    "How late the event loop woke a sleeper, the worst of the last 30 s: the work that blocks it.",
)
DATABASE_REACHABLE = declare_gauge(
    "database_reachable", "1 while this process can ask its database; 0 while it cannot."
)
DATABASE_POOL_CONNECTIONS = declare_gauge(
    "database_pool_connections",
    "Connections of the pool, by state (in_use: the most at once in the last 10 s; idle).",
    ["state"],
)
DATABASE_POOL_LIMIT = declare_gauge(
    "database_pool_limit", "Connections the pool may open before its users wait."
)
DATABASE_CONNECTIONS = declare_gauge(
    "database_connections",
    "Sessions on the PostgreSQL server, of all its users (of=server) and of this service's role "
    "(of=role).",
    ["of"],
)
DATABASE_CONNECTIONS_LIMIT = declare_gauge(
    "database_connections_limit",
    "Sessions PostgreSQL lets in, by whom it limits (of=server, of=role).",
    ["of"],
)
DISK_FREE_BYTES = declare_gauge(
    "disk_free_bytes",
    "Free bytes of the disk under the data folder (place=data) and under / (place=root: in a "
    "container the disk that holds its volumes too).",
    ["place"],
)
DISK_SIZE_BYTES = declare_gauge("disk_size_bytes", "Size of the same disks.", ["place"])
BUILD_INFO = declare_gauge("build_info", "Always 1; names what runs.", ["version", "python"])


def telemetry_app(waits_for: Callable[[], Awaitable[list[str]]]) -> ASGIApp:
    """``/metrics``, ``/livez`` and ``/readyz`` for a port that the public never sees."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        match scope["path"]:
            case "/metrics":
                # Rendering a thousand series takes 40 ms: not on the loop.
                text = await asyncio.to_thread(generate_latest, REGISTRY)
                response = Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})
            case "/livez":
                response = JSONResponse({"status": "alive"})
            case "/readyz":
                reasons = await waits_for()
                response = JSONResponse(
                    {"status": "waiting" if reasons else "ready", "waits_for": reasons},
                    status_code=503 if reasons else 200,
                )
            case _:
                response = JSONResponse({"paths": ["/metrics", "/livez", "/readyz"]}, 404)
        await response(scope, receive, send)

    return answer
