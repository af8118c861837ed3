"""What surrounds every request: its id, its trace, its log line, its metrics, its last resort.

Raw ASGI: a ``BaseHTTPMiddleware`` would cost three times what the route itself does.
"""

import logging
import re
from collections.abc import Iterable
from time import perf_counter
from urllib.parse import parse_qsl

from prometheus_client import Counter, Histogram
from sqlalchemy.exc import DataError, StatementError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from service_chassis.columns import new_id
from service_chassis.problem_handlers import pointer
from service_chassis.problems import (
    InternalError,
    Problem,
    RequestInvalid,
    Unavailable,
    ValueUnusable,
    problem_response,
)
from service_chassis.retries import verdict
from service_chassis.routes_in_scope import template_of
from service_chassis.telemetry import HTTP_REQUEST_DURATION_SECONDS, HTTP_REQUESTS_TOTAL
from service_chassis.tracing import enter_trace, leave_trace, trace_id

logger = logging.getLogger(__name__)
access = logging.getLogger("yuanqu.access")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
USABLE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
ABORTED = 499
RETRY_AFTER_SECONDS = 2
PROBES = ("/livez", "/readyz")
NUL = b"%00"


class RequestContext:
    """Outermost middleware of a service."""

    def __init__(self, app: ASGIApp, service: str, max_body_bytes: int) -> None:
        self.app = app
        self._service = service
        self._max_body_bytes = max_body_bytes
        # ``labels()`` costs more than counting: keep the children.
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._durations: dict[tuple[str, str], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        given = _headers(scope["headers"])
        request_id = _request_id(given.get(b"x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        entered = enter_trace(_text(given.get(b"traceparent")), _text(given.get(b"tracestate")))
        bound = bind_contextvars(request_id=request_id, trace_id=trace_id(), service=self._service)
        status, begun = 0, 0.0

        async def send_noted(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status = message["status"]
                if _is_stream(message["headers"]):
                    # It lasts as long as somebody listens: its time is until it began.
                    begun = perf_counter()
                _complete(message["headers"], request_id)
            await send(message)

        try:
            _refuse_nul(scope["query_string"])
            taken = receive if scope["method"] in BODILESS else self._limited(scope, receive, given)
            await self.app(scope, taken, send_noted)
        except ClientDisconnect:
            status = ABORTED
        except Exception as error:
            if status:
                raise
            problem = error if isinstance(error, Problem) else _last_resort(error)
            await problem_response(problem, scope)(scope, receive, send_noted)
        finally:
            self._note(scope, status or ABORTED, (begun or perf_counter()) - started)
            reset_contextvars(**bound)
            leave_trace(entered)

    def _limited(self, scope: Scope, receive: Receive, given: dict[bytes, bytes]) -> Receive:
        """Stop reading a body that grows past the limit of its route."""
        announced = int(length) if (length := given.get(b"content-length", b"0")).isdigit() else 0
        total = 0

        async def receive_limited() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            size = max(total, announced)
            if size > self._max_body_bytes:
                limit = _limit_of_route(scope, self._max_body_bytes)
                if size > limit:
                    raise HTTPException(413, f"A body has at most {limit} bytes here.")
            return message

        return receive_limited

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = template_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        counted = (route, method, status // 100)
        if (counter := self._counters.get(counted)) is None:
            counter = self._counters[counted] = HTTP_REQUESTS_TOTAL.labels(
                self._service, route, method, f"{status // 100}xx"
            )
        counter.inc()
        timed = (route, method)
        if (duration := self._durations.get(timed)) is None:
            duration = self._durations[timed] = HTTP_REQUEST_DURATION_SECONDS.labels(
                self._service, route, method
            )
        duration.observe(seconds)
        level = logging.DEBUG if route in PROBES else logging.INFO
        if access.isEnabledFor(level):
            principal = scope["state"].get("principal")
            access.log(
                level,
                "answered",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "route": route,
                    "status": status,
                    "milliseconds": round(seconds * 1000, 1),
                    "client_id": principal.client_id if principal else None,
                },
            )


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    return dict(raw)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _request_id(given: bytes | None) -> str:
    if given is not None and USABLE_REQUEST_ID.fullmatch(given):
        return given.decode()
    return new_id().hex


def _is_stream(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in headers
    )


def _complete(headers: list[tuple[bytes, bytes]], request_id: str) -> None:
    headers.append((b"x-request-id", request_id.encode()))
    headers.append((b"x-content-type-options", b"nosniff"))
    if not any(name == b"cache-control" for name, _value in headers):
        headers.append((b"cache-control", b"no-store"))


def _limit_of_route(scope: Scope, default: int) -> int:
    route = scope.get("route")
    # What is past the framework's own `max_body_size` it answers itself, without a problem.
    limit: int | None = getattr(route, "most_body_bytes", None)
    if limit is None:
        limit = getattr(route, "max_body_size", None)
    return default if limit is None else limit


def _refuse_nul(query: bytes) -> None:
    """No text in a database holds a zero character: PostgreSQL would refuse to look for one."""
    if NUL not in query:
        return
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    faults = [
        {
            "in": "query",
            "pointer": pointer([name]),
            "code": "text_has_nul",
            "detail": "The zero character (%00) is part of no value; leave it out.",
        }
        for name, value in asked
        if "\0" in name + value
    ]
    raise RequestInvalid(f"{len(faults)} values have a zero character, see errors.", errors=faults)


def _overflows(error: Exception) -> bool:
    return isinstance(error, StatementError) and isinstance(error.orig, OverflowError)


def _last_resort(error: Exception) -> Problem:
    if verdict(error) == "passing":
        logger.warning("could not answer now: %s", error)
        return Unavailable(
            "Something this needs is away for a moment; send the request again.",
            retry_after=RETRY_AFTER_SECONDS,
        )
    if isinstance(error, DataError | OverflowError) or _overflows(error):
        # Past 64 bits, or with a zero character: the route should have said so itself.
        logger.warning("met a value that cannot be kept", exc_info=error)
        return ValueUnusable("A number is too large or a text has characters that cannot be kept.")
    logger.error("could not answer", exc_info=error)
    return InternalError("Tell us the request id and we will find what happened.")
