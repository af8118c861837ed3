"""Log lines as JSON on the standard output, with the request and the trace they belong to.

Modules log through the standard library (``logging.getLogger(__name__)``); structlog renders.
"""

import logging
import sys

import msgspec
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

# They repeat what our own lines say, or talk about every poll.
QUIET = ("aiokafka", "uvicorn.access", "httpx", "aiosqlite", "alembic.runtime.migration")


def configure_logging(level: str = "INFO", *, for_people: bool = False) -> None:
    """Send every log line to the standard output; ``for_people`` gives colours in place of JSON."""
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _without_secrets,
        _without_colours,
    ]
    renderer: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if for_people
        else [
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(serializer=_as_json),
        ]
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    # What nobody reads costs more than the line itself: the caller's frame, thread and process.
    logging._srcfile = None  # noqa: SLF001  # the documented switch
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


_encoder = msgspec.json.Encoder(enc_hook=repr)


def _as_json(event: EventDict, **_options: object) -> str:
    return _encoder.encode(event).decode()


SECRETS = frozenset({"authorization", "password", "secret", "client_secret", "token"})


def _without_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # uvicorn sends each of its sentences a second time, with escapes for a terminal.
    event.pop("color_message", None)
    return event


def _without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for name in SECRETS & event.keys():
        event[name] = "…"
    return event
