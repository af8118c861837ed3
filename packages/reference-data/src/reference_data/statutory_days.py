"""Which days work: weekdays, less the holidays and plus the shifted workdays that are announced.

The State Council's notice for a year comes in the autumn before it. A year without one follows the
weekday rule less 1 January, 1-2 May and 1-3 October, and says that it is provisional; so are the
last three days of a December until the next year's notice, which may move them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from reference_data.tables import rows

SATURDAY = 5
_ALWAYS_OFF = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_LATE_DECEMBER = 29


class DayKind(StrEnum):
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    # A Saturday or Sunday that works in place of a weekday; once even a Monday (2020-02-03).
    SHIFTED_WORKDAY = "shifted_workday"


@dataclass(frozen=True, slots=True)
class StatutoryDay:
    """`occasion` and `source` (addresses of the notice) only where a notice names the day."""

    on: date
    kind: DayKind
    provisional: bool
    occasion: str | None = None
    source: str | None = None

    @property
    def works(self) -> bool:
        return self.kind in (DayKind.WORKDAY, DayKind.SHIFTED_WORKDAY)


def statutory_day(on: date) -> StatutoryDay:
    """What kind of day it is, and whether that is announced or provisional."""
    announced = _announced().get(on)
    if announced is not None:
        return announced
    provisional = _is_provisional(on)
    if provisional and (on.month, on.day) in _ALWAYS_OFF:
        return StatutoryDay(on, DayKind.HOLIDAY, provisional)
    kind = DayKind.WEEKEND if on.weekday() >= SATURDAY else DayKind.WORKDAY
    return StatutoryDay(on, kind, provisional)


def works(on: date) -> bool:
    return statutory_day(on).works


@lru_cache(maxsize=1)
def announced_years() -> frozenset[int]:
    """The years whose notice is in the data."""
    return frozenset(int(row["notice_year"]) for row in rows("statutory_days.csv"))


def _is_provisional(on: date) -> bool:
    if on.year not in announced_years():
        return True
    late = on.month == 12 and on.day >= _LATE_DECEMBER  # noqa: PLR2004
    return late and on.year + 1 not in announced_years()


@lru_cache(maxsize=1)
def _announced() -> dict[date, StatutoryDay]:
    kinds = {"HOLIDAY": DayKind.HOLIDAY, "WORKDAY": DayKind.SHIFTED_WORKDAY}
    days = {}
    for row in rows("statutory_days.csv"):
        on = date.fromisoformat(row["date"])
        days[on] = StatutoryDay(
            on=on,
            kind=kinds[row["kind"]],
            provisional=False,
            occasion=row["occasion"],
            source=row["notice"],
        )
    return days
