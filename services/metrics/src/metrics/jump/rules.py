"""When a day's volume looks wrong beside the same weekday a year before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reference_data.shanghai import local

CLOSED_AFTER = timedelta(hours=6)
"""After midnight, before a business date is judged: many partners report at night."""
A_YEAR = timedelta(days=364)
"""52 weeks: the same weekday, so that weekends meet weekends."""
AROUND = timedelta(days=3)
FEWEST_ORDERS = 100
"""Of the base week; a ratio of fewer says nothing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A business date and the week around the same weekday a year before, both ends included."""

    day: date
    first: date
    last: date

    @property
    def days(self) -> int:
        """Dates of the base."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Volume:
    """What a platform had paid: of the date, and of the base week together."""

    platform: str
    amount_minor: int
    base_minor: int
    base_orders: int


def last_closed(now: datetime) -> Compared:
    """The last business date that has been over for long enough."""
    day = local(now - CLOSED_AFTER).date() - timedelta(days=1)
    middle = day - A_YEAR
    return Compared(day, middle - AROUND, middle + AROUND)


def ratios(volumes: Iterable[Volume], days: int, most: int) -> dict[str, float]:
    """The date over the daily mean of the base, of the platforms with the largest base.

    A ratio for the eye of an operator, no figure: those are exact and come from `volume`.
    """
    told = [
        volume
        for volume in volumes
        if volume.base_minor > 0 and volume.base_orders >= FEWEST_ORDERS
    ]
    told.sort(key=lambda volume: (-volume.base_minor, volume.platform))
    return {each.platform: each.amount_minor * days / each.base_minor for each in told[:most]}
