"""Periods: how they are written, where they begin, what they are compared with."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.comparison.rules import Comparison, compared, is_open
from metrics.period.problems import PeriodInvalid
from metrics.period.rules import Unit, Window, days, moment, parse, split
from metrics.volume.rules.runs import runs, slots

LONG_AFTER = datetime(2099, 1, 1, tzinfo=UTC)
STEPS = (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR)

dates = st.dates(date(1992, 1, 2), date(2090, 12, 31))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first, length = draw(dates), draw(st.integers(1, 1200))
    return days(first, first + timedelta(days=length))


@pytest.mark.parametrize(
    ("text", "start", "until"),
    [
        ("2013", "2013-01-01T00:00:00+08:00", "2014-01-01T00:00:00+08:00"),
        ("2013-11", "2013-11-01T00:00:00+08:00", "2013-12-01T00:00:00+08:00"),
        ("2013-Q3", "2013-07-01T00:00:00+08:00", "2013-10-01T00:00:00+08:00"),
        ("2013-W01", "2012-12-31T00:00:00+08:00", "2013-01-07T00:00:00+08:00"),
        ("2020-W53", "2020-12-28T00:00:00+08:00", "2021-01-04T00:00:00+08:00"),
        ("2013-11-05", "2013-11-05T00:00:00+08:00", "2013-11-06T00:00:00+08:00"),
        ("2013-11-05T14", "2013-11-05T14:00:00+08:00", "2013-11-05T15:00:00+08:00"),
        ("2013-YTD-11", "2013-01-01T00:00:00+08:00", "2013-12-01T00:00:00+08:00"),
        ("2013-01..2013-11", "2013-01-01T00:00:00+08:00", "2013-12-01T00:00:00+08:00"),
        ("2013-11-05..2014-Q1", "2013-11-05T00:00:00+08:00", "2014-04-01T00:00:00+08:00"),
        ("2024-02-29", "2024-02-29T00:00:00+08:00", "2024-03-01T00:00:00+08:00"),
    ],
)
def test_a_period_begins_and_ends_on_shanghais_clock(text: str, start: str, until: str) -> None:
    window = parse(text).window

    assert moment(window.start).isoformat() == start
    assert moment(window.end).isoformat() == until


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13",
        "2013-13",
        "2013-00",
        "2013-Q5",
        "2021-W53",
        "2013-02-29",
        "2013-11-05T24",
        "2013-YTD-00",
        "2013-YTD",
        "2013-1",
        "1991",
        "2101",
        "2014..2013",
        "2013..",
        "..2013",
        "2013...2014",
        "２０１３",
        "2013-11-05T14:00",
    ],
)
def test_what_is_no_period_is_refused_by_name(text: str) -> None:
    with pytest.raises(PeriodInvalid):
        parse(text)


@given(windows(), st.sampled_from(STEPS))
def test_steps_tile_the_window(window: Window, by: Unit) -> None:
    parts = [part.window for part in split(window, by)]

    assert parts[0].start == window.start
    assert parts[-1].end == window.end
    assert all(one.end == other.start for one, other in pairwise(parts))


@given(windows())
def test_runs_add_up_to_every_day_once(window: Window) -> None:
    found: dict[int, int] = {}
    for run in runs(window):
        for grain, slot in slots([run]):
            for day in _days_of(grain, slot):
                found[day] = found.get(day, 0) + run.sign

    counted = {day for day, times in found.items() if times}
    assert counted == set(range(window.start // 24, window.end // 24))
    assert set(found.values()) <= {0, 1}


def _days_of(grain: int, slot: int) -> range:
    first = date(slot // 12, slot % 12 + 1, 1) if grain == 4 else None
    if first is None:
        return range(slot, slot + 1)
    until = (first + timedelta(days=32)).replace(day=1)
    epoch = date(1970, 1, 1).toordinal()
    return range(first.toordinal() - epoch, until.toordinal() - epoch)


@given(dates.filter(lambda day: day.year > 1992))
def test_a_month_is_compared_with_the_month_before_and_a_year_before(day: date) -> None:
    period = parse(f"{day:%Y-%m}")

    yoy = compared(period, Comparison.YOY, LONG_AFTER)
    mom = compared(period, Comparison.MOM, LONG_AFTER)

    assert yoy.base == parse(f"{day.year - 1}-{day:%m}").window
    assert mom.base is not None
    assert mom.base.end == period.window.start
    assert mom.base.first_day.day == 1
    assert not yoy.to_date


@pytest.mark.parametrize(
    ("text", "comparison", "base"),
    [
        ("2013-YTD-11", Comparison.YOY, "2012-YTD-11"),
        ("2013-11", Comparison.YTD_YOY, "2012-YTD-11"),
        ("2013-Q1", Comparison.MOM, "2012-Q4"),
        ("2013", Comparison.MOM, "2012"),
        ("2013-W02", Comparison.YOY, "2012-W02"),
        ("2013-W01", Comparison.MOM, "2012-W52"),
        ("2013-03-01", Comparison.MOM, "2013-02-28"),
        ("2013-01..2013-03", Comparison.MOM, "2012-10..2012-12"),
        ("2024-02", Comparison.YOY, "2023-02"),
        ("2025-02", Comparison.YOY, "2024-02"),
    ],
)
def test_the_base_is_the_period_the_yearbooks_compare_with(
    text: str, comparison: Comparison, base: str
) -> None:
    assert compared(parse(text), comparison, LONG_AFTER).base == parse(base).window


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("2020-W53", Comparison.YOY),
        ("2024-02-29", Comparison.YOY),
        ("2013-YTD-11", Comparison.MOM),
    ],
)
def test_what_has_no_counterpart_has_no_base(text: str, comparison: Comparison) -> None:
    assert compared(parse(text), comparison, LONG_AFTER).base is None


@given(
    st.sampled_from(["2026", "2026-03", "2026-Q1", "2026-W10", "2026-03-02"]),
    st.sampled_from(list(Comparison)),
)
def test_an_open_period_is_compared_over_equal_elapsed_days(
    text: str, comparison: Comparison
) -> None:
    now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    found = compared(parse(text), comparison, now)
    elapsed = days(date(2026, 3, 2), date(2026, 3, 3)).end - found.current.start

    assert found.to_date is is_open(found.current, now)
    assert found.base is not None
    if found.to_date:
        assert found.base.end - found.base.start == elapsed
