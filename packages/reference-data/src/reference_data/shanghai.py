"""Business time: hours, dates, months and years as Asia/Shanghai counts them.

All bounds are half-open and aware UTC instants.
"""

from datetime import UTC, date, datetime, timedelta, timezone

# Shanghai has kept +08:00 without daylight saving since 1992, so from EARLIEST on a fixed offset is
# exact, needs no time zone database and turns an instant into a date by one addition.
OFFSET = timedelta(hours=8)
SHANGHAI = timezone(OFFSET, "Asia/Shanghai")
EARLIEST = date(1992, 1, 1)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def local(instant: datetime) -> datetime:
    """The same instant on Shanghai's clock. ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no offset; an instant needs one")
    return instant.astimezone(SHANGHAI)


def business_date(instant: datetime) -> date:
    """The date in Shanghai at this instant."""
    return local(instant).date()


def start_of(day: date) -> datetime:
    """The instant at which the date begins in Shanghai, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def hour_bounds(instant: datetime) -> tuple[datetime, datetime]:
    """The hour that holds the instant."""
    start = local(instant).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    return start, start + HOUR


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The whole date."""
    return start_of(day), start_of(day + DAY)


def month_bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """The whole month."""
    first = date(year, month, 1)
    return start_of(first), start_of(first_of_next_month(first))


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The whole year."""
    return start_of(date(year, 1, 1)), start_of(date(year + 1, 1, 1))


def first_of_next_month(day: date) -> date:
    """The first day of the month after the one that holds `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
