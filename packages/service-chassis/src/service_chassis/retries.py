"""Which failures pass on their own, which are in the data, and which are ours."""

from typing import Literal

import msgspec
from aiokafka.errors import KafkaError, KafkaTimeoutError, KafkaUnavailableError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from event_contracts import UnknownContract

# aiokafka does not mark its own timeouts as retriable.
PASSING_ERRORS = (
    ConnectionError,
    TimeoutError,
    PoolTimeout,
    KafkaTimeoutError,
    KafkaUnavailableError,
)
# Connection lost, transaction rolled back, out of resources, lock not available, operator
# intervention (a statement timeout among them).
PASSING_SQLSTATE_CLASSES = frozenset({"08", "40", "53", "55", "57"})
PASSING_SQLITE_ERRORS = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL")
# Data exception, integrity constraint violation.
BROKEN_SQLSTATE_CLASSES = frozenset({"22", "23"})
BROKEN_SQLITE_ERRORS = ("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG", "SQLITE_RANGE")


class BrokenEvent(Exception):
    """Raised by a reaction for an event that keeps its contract and still makes no sense."""


def verdict(error: BaseException) -> Literal["passing", "broken", "unknown"]:
    """Ask the driver's own code: SQLite also calls a missing column "operational"."""
    if isinstance(error, PASSING_ERRORS):
        return "passing"
    if isinstance(error, KafkaError):
        return "passing" if error.retriable else "unknown"
    if isinstance(error, DBAPIError):
        return _database_verdict(error)
    if isinstance(error, BrokenEvent | ValidationError | UnknownContract | msgspec.MsgspecError):
        return "broken"
    return "unknown"


def _database_verdict(error: DBAPIError) -> Literal["passing", "broken", "unknown"]:
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return "passing"
    sqlstate: str = getattr(error.orig, "sqlstate", None) or ""
    sqlite_error: str = getattr(error.orig, "sqlite_errorname", None) or ""
    if sqlstate[:2] in PASSING_SQLSTATE_CLASSES or sqlite_error.startswith(PASSING_SQLITE_ERRORS):
        return "passing"
    if sqlstate[:2] in BROKEN_SQLSTATE_CLASSES or sqlite_error.startswith(BROKEN_SQLITE_ERRORS):
        return "broken"
    # psycopg reports a server that is away without any code.
    if not sqlstate and not sqlite_error and "connect" in str(error.orig).lower():
        return "passing"
    return "unknown"
