"""Periods on Shanghai's clock: how they are written, where they begin and what they divide into.

A window is half-open and counted in hours since 1970-01-01 00:00 in Shanghai, which has kept +08:00
since 1992 (`reference_data.shanghai`), so that integer arithmetic is exact.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from metrics.period.problems import PeriodInvalid
from metrics.total.rules.grains import day_of, day_slot, month_of, month_slot
from reference_data.shanghai import SHANGHAI

HOURS_A_DAY = 24
FIRST_YEAR, LAST_YEAR = 1992, 2100


class Unit(StrEnum):
    """What kind of period a text names; also the step of a series."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    YTD = "ytd"
    RANGE = "range"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The hours [start, end)."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether it holds no hour at all."""
        return self.end <= self.start

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends at midnight."""
        return self.start % HOURS_A_DAY == 0 and self.end % HOURS_A_DAY == 0

    @property
    def first_day(self) -> date:
        """The business date in which it begins."""
        return day_of(self.start // HOURS_A_DAY)

    @property
    def last_day(self) -> date:
        """The business date of its last hour."""
        return day_of((self.end - 1) // HOURS_A_DAY)


@dataclass(frozen=True, slots=True)
class Period:
    """A window with the name it goes by."""

    text: str
    unit: Unit
    window: Window


def days(first: date, until: date) -> Window:
    """The whole days [first, until)."""
    return Window(day_slot(first) * HOURS_A_DAY, day_slot(until) * HOURS_A_DAY)


def moment(hour: int) -> datetime:
    """The instant at which an hour begins, with Shanghai's offset."""
    day, of_day = divmod(hour, HOURS_A_DAY)
    midnight = datetime.combine(day_of(day), datetime.min.time(), tzinfo=SHANGHAI)
    return midnight + timedelta(hours=of_day)


def parse(text: str) -> Period:
    """Read a period; `PeriodInvalid` says what is wrong with it."""
    first_text, dots, last_text = text.strip().partition("..")
    first = _single(first_text)
    if not dots:
        return first
    last = _single(last_text)
    window = Window(first.window.start, last.window.end)
    if last.window.start < first.window.start or window.is_empty:
        raise PeriodInvalid(f"{text!r} ends before it begins.", period=text)
    return Period(f"{first.text}..{last.text}", Unit.RANGE, window)


_SINGLE = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-(?:Q(?P<quarter>[1-4])|W(?P<week>\d{2})|YTD-(?P<ytd>\d{2})"
    r"|(?P<month>\d{2})(?:-(?P<day>\d{2})(?:T(?P<hour>\d{2}))?)?))?",
    re.ASCII,
)


def _single(text: str) -> Period:
    found = _SINGLE.fullmatch(text.strip())
    if not found:
        raise PeriodInvalid(
            f"{text!r} is not a period; write 2013, 2013-11, 2013-Q3, 2013-W45, 2013-11-05, "
            "2013-11-05T14, 2013-YTD-11 or 2013-01..2013-11.",
            period=text,
        )
    parts = {name: int(value) for name, value in found.groupdict().items() if value}
    year = parts["year"]
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodInvalid(f"Years run from {FIRST_YEAR} to {LAST_YEAR}, not {year}.", period=text)
    try:
        return _period_of(year, parts)
    except ValueError as fault:
        raise PeriodInvalid(f"There is no {text}: {fault}.", period=text) from fault


def _period_of(year: int, parts: dict[str, int]) -> Period:
    match parts:
        case {"quarter": quarter}:
            return quarter_period(year, quarter)
        case {"week": week}:
            return week_period(year, week)
        case {"ytd": month}:
            window = days(date(year, 1, 1), _next_month(date(year, month, 1)))
            return Period(f"{year}-YTD-{month:02}", Unit.YTD, window)
        case {"month": month}:
            return _month_or_finer(year, month, parts)
    return year_period(year)


def _month_or_finer(year: int, month: int, parts: dict[str, int]) -> Period:
    if "day" not in parts:
        return month_period(year, month)
    day = date(year, month, parts["day"])
    if "hour" not in parts:
        return day_period(day)
    if parts["hour"] >= HOURS_A_DAY:
        raise ValueError("hours run from 00 to 23")
    return hour_period(day_slot(day) * HOURS_A_DAY + parts["hour"])


def year_period(year: int) -> Period:
    """A calendar year."""
    return Period(f"{year}", Unit.YEAR, days(date(year, 1, 1), date(year + 1, 1, 1)))


def quarter_period(year: int, quarter: int) -> Period:
    """Three months."""
    first = date(year, quarter * 3 - 2, 1)
    until = month_of(month_slot(first) + 3)
    return Period(f"{year}-Q{quarter}", Unit.QUARTER, days(first, until))


def month_period(year: int, month: int) -> Period:
    """A calendar month."""
    first = date(year, month, 1)
    return Period(f"{year}-{month:02}", Unit.MONTH, days(first, _next_month(first)))


def week_period(year: int, week: int) -> Period:
    """An ISO week, Monday to Sunday; `ValueError` where the year has no such week."""
    first = date.fromisocalendar(year, week, 1)
    return Period(f"{year}-W{week:02}", Unit.WEEK, days(first, first + timedelta(days=7)))


def day_period(day: date) -> Period:
    """A business date."""
    return Period(day.isoformat(), Unit.DAY, days(day, day + timedelta(days=1)))


def hour_period(hour: int) -> Period:
    """One hour."""
    return Period(f"{moment(hour):%Y-%m-%dT%H}", Unit.HOUR, Window(hour, hour + 1))


def split(window: Window, by: Unit) -> list[Period]:
    """The periods of a unit that the window touches; the first and last are cut to fit in it."""
    return [
        Period(
            part.text,
            by,
            Window(max(part.window.start, window.start), min(part.window.end, window.end)),
        )
        for part in _touched(window, by)
    ]


def count_of(window: Window, by: Unit) -> int:
    """At least how many periods `split` would return, without making them."""
    hours = {Unit.HOUR: 1, Unit.DAY: 24, Unit.WEEK: 168, Unit.MONTH: 744, Unit.QUARTER: 2208}
    return (window.end - window.start) // hours.get(by, 8784)


def _touched(window: Window, by: Unit) -> Iterator[Period]:
    at = window.start
    while at < window.end:
        part = _holding(at, by)
        yield part
        at = part.window.end


def _holding(hour: int, by: Unit) -> Period:
    day = day_of(hour // HOURS_A_DAY)
    match by:
        case Unit.HOUR:
            return hour_period(hour)
        case Unit.DAY:
            return day_period(day)
        case Unit.WEEK:
            iso = day.isocalendar()
            return week_period(iso.year, iso.week)
        case Unit.MONTH:
            return month_period(day.year, day.month)
        case Unit.QUARTER:
            return quarter_period(day.year, (day.month + 2) // 3)
        case Unit.YEAR:
            return year_period(day.year)
    raise ValueError(f"nothing divides into periods of kind {by}")


def _next_month(first: date) -> date:
    return month_of(month_slot(first) + 1)
