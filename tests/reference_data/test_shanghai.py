"""Business time is +08:00, half-open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_data.shanghai import (
    business_date,
    day_bounds,
    first_of_next_month,
    hour_bounds,
    local,
    month_bounds,
    year_bounds,
)


def test_a_day_begins_at_sixteen_hours_utc() -> None:
    assert business_date(datetime(2013, 11, 30, 15, 59, 59, 999_999, tzinfo=UTC)) == date(
        2013, 11, 30
    )
    assert business_date(datetime(2013, 11, 30, 16, tzinfo=UTC)) == date(2013, 12, 1)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="has no offset"):
        business_date(datetime(2013, 11, 30))  # noqa: DTZ001


def test_bounds_are_utc_and_half_open() -> None:
    assert day_bounds(date(2013, 11, 30)) == (
        datetime(2013, 11, 29, 16, tzinfo=UTC),
        datetime(2013, 11, 30, 16, tzinfo=UTC),
    )
    assert month_bounds(2013, 12) == (
        datetime(2013, 11, 30, 16, tzinfo=UTC),
        datetime(2013, 12, 31, 16, tzinfo=UTC),
    )
    assert year_bounds(2013)[1] == month_bounds(2013, 12)[1]
    assert hour_bounds(datetime(2013, 11, 30, 16, 20, tzinfo=UTC)) == (
        datetime(2013, 11, 30, 16, tzinfo=UTC),
        datetime(2013, 11, 30, 17, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 1, 31), date(2024, 2, 1)), (date(2024, 12, 1), date(2025, 1, 1))],
)
def test_months_follow_each_other(day: date, expected: date) -> None:
    assert first_of_next_month(day) == expected


@given(st.datetimes(datetime(1992, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_fixed_offset_is_what_the_time_zone_database_says(instant: datetime) -> None:
    zoned = instant.astimezone(ZoneInfo("Asia/Shanghai"))

    assert local(instant).replace(tzinfo=None) == zoned.replace(tzinfo=None)
    start, end = day_bounds(business_date(instant))
    assert start <= instant < end
    assert end - start == timedelta(days=1)
