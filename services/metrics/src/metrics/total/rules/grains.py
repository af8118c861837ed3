"""Grains: how finely time is divided, and the number of a slot, on Shanghai's clock.

A slot is the number of minutes, hours or days since 1970-01-01 00:00 in Shanghai, or of a month
`year * 12 + month - 1`. Shanghai has kept +08:00 since 1992 (`reference_data.shanghai`), and no
fact is older, so integer arithmetic is exact.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from reference_data.shanghai import business_date

Int64s = np.ndarray[Any, np.dtype[np.int64]]

MINUTE = 1
"""Of all sellers together, for the live board."""
HOUR = 2
"""By seller."""
DAY = 3
"""By seller."""
MONTH = 4
"""By seller."""
DAY_OF_ALL = 5
"""Of all sellers together: what is asked without grouping by seller, park or region."""
MONTH_OF_ALL = 6
"""The same by month."""

BY_SELLER = (HOUR, DAY, MONTH)
ALL_SELLERS = 0
"""The seller of the grains that keep none apart."""

HOURS_KEPT = timedelta(days=62)
MINUTES_KEPT = timedelta(days=8)
"""A week and the day in hand: the live board compares with the same minute a week ago."""

_OFFSET_MS = 8 * 3_600_000
_EPOCH = date(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH.toordinal()


@dataclass(frozen=True, slots=True)
class Kept:
    """The oldest slots that still have rows; a fact older than that counts in days and months."""

    minute: int
    hour: int


def kept(now: datetime) -> Kept:
    """What is kept at this moment; whole business dates, so that no day is half there."""
    return Kept(
        minute=day_slot(business_date(now - MINUTES_KEPT)) * 1440,
        hour=day_slot(business_date(now - HOURS_KEPT)) * 24,
    )


def minute_slots(occurred_ms: Int64s) -> Int64s:
    """The minutes of instants in milliseconds since 1970 UTC."""
    return (occurred_ms + _OFFSET_MS) // 60_000


def month_slots(days: Int64s) -> Int64s:
    """The months of day slots."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    slots: Int64s = months + 1970 * 12
    return slots


def minute_slot(instant: datetime) -> int:
    """The minute that holds the instant."""
    return int(instant.astimezone(UTC).timestamp() // 60) + 480


def hour_slot(instant: datetime) -> int:
    """The hour that holds the instant."""
    return minute_slot(instant) // 60


def day_slot(day: date) -> int:
    """The slot of a business date."""
    return day.toordinal() - _EPOCH_ORDINAL


def month_slot(day: date) -> int:
    """The slot of the month that holds a business date."""
    return day.year * 12 + day.month - 1


def day_of(slot: int) -> date:
    """The business date of a day slot."""
    return date.fromordinal(slot + _EPOCH_ORDINAL)


def month_of(slot: int) -> date:
    """The first day of a month slot."""
    return date(slot // 12, slot % 12 + 1, 1)
