"""Instants of facts: milliseconds since 1970, on Shanghai's clock where dates are meant."""

from datetime import UTC, date, datetime, timedelta

from metrics.total.rules.grains import day_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET_MS = 8 * 3_600_000
_DAY_MS = 86_400_000


def moment_of(occurred_ms: int) -> datetime:
    """The instant, exact to the millisecond."""
    return _EPOCH + timedelta(milliseconds=occurred_ms)


def date_of(occurred_ms: int) -> date:
    """The business date."""
    return day_of((occurred_ms + _OFFSET_MS) // _DAY_MS)
