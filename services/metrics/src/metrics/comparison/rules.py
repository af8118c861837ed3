"""What a period is compared with: 同比, 累计同比 and 环比; over equal elapsed days while open."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from metrics.period.rules import HOURS_A_DAY, Period, Unit, Window, days, week_period
from metrics.total.rules.grains import day_of, day_slot, hour_slot, month_of, month_slot


class Comparison(StrEnum):
    """The three growth rates of the yearbooks."""

    YOY = "yoy"
    YTD_YOY = "ytd_yoy"
    MOM = "mom"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two windows; `to_date` says that the first is still open and both are cut to equal length.

    Without a base there is nothing it could be compared with: a week 53, a 29 February.
    """

    current: Window
    base: Window | None
    to_date: bool


def is_open(window: Window, now: datetime) -> bool:
    """Whether some of it is still to come."""
    return window.end > _elapsed_until(window, now)


def compared(period: Period, comparison: Comparison, now: datetime) -> Compared:
    """What the growth of a period compares, as it stands at this moment."""
    current = period.window
    if comparison is Comparison.YTD_YOY:
        current = Window(_start_of_year(current.last_day), current.end)
    base = _base(period, current, comparison)
    to_date = is_open(current, now)
    if to_date and base is not None:
        elapsed = max(0, _elapsed_until(current, now) - current.start)
        base = Window(base.start, min(base.end, base.start + elapsed))
    return Compared(current, None if base is None or base.is_empty else base, to_date)


def _base(period: Period, current: Window, comparison: Comparison) -> Window | None:
    if comparison is Comparison.MOM:
        return _preceding(period)
    if period.unit is Unit.WEEK and comparison is Comparison.YOY:
        return _same_week_a_year_before(period)
    return Window(_a_year_before(current.start), _a_year_before(current.end))


def _preceding(period: Period) -> Window | None:
    """The period of the same kind just before; a year to date has none."""
    window = period.window
    if period.unit is Unit.YTD:
        return None
    if window.is_whole_days:
        first, until = window.first_day, day_of(window.end // HOURS_A_DAY)
        if first.day == 1 and until.day == 1:
            months = month_slot(until) - month_slot(first)
            return days(month_of(month_slot(first) - months), first)
    return Window(2 * window.start - window.end, window.start)


def _same_week_a_year_before(period: Period) -> Window | None:
    iso = period.window.first_day.isocalendar()
    try:
        return week_period(iso.year - 1, iso.week).window
    except ValueError:
        return None


def _start_of_year(day: date) -> int:
    return day_slot(day.replace(month=1, day=1)) * HOURS_A_DAY


def _a_year_before(hour: int) -> int:
    """The same place of the year before; 29 February moves to 1 March, as bounds are half-open."""
    slot, of_day = divmod(hour, HOURS_A_DAY)
    day = day_of(slot)
    leap_day = (day.month, day.day) == (2, 29)
    before = date(day.year - 1, 3, 1) if leap_day else day.replace(year=day.year - 1)
    return day_slot(before) * HOURS_A_DAY + (0 if leap_day else of_day)


def _elapsed_until(window: Window, now: datetime) -> int:
    """The end of the day in hand, or of the hour where the window is finer than days."""
    hour = hour_slot(now)
    if window.is_whole_days:
        return (hour // HOURS_A_DAY + 1) * HOURS_A_DAY
    return hour + 1
