"""Which days work, by notice and provisionally."""

from datetime import date

import pytest

from reference_data.statutory_days import DayKind, announced_years, statutory_day, works


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 2, 14), DayKind.SHIFTED_WORKDAY),
        (date(2026, 2, 16), DayKind.HOLIDAY),
        (date(2026, 2, 24), DayKind.WORKDAY),
        (date(2026, 3, 1), DayKind.WEEKEND),
        (date(2025, 9, 28), DayKind.SHIFTED_WORKDAY),
        (date(2020, 2, 3), DayKind.SHIFTED_WORKDAY),
        (date(2020, 1, 31), DayKind.HOLIDAY),
    ],
)
def test_announced_days(on: date, kind: DayKind) -> None:
    day = statutory_day(on)

    assert day.kind == kind
    assert not day.provisional


def test_an_announced_day_carries_its_occasion_and_notice() -> None:
    day = statutory_day(date(2026, 2, 14))

    assert day.occasion == "春节"
    assert str(day.source).startswith("https://www.gov.cn/")


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2027, 1, 1), DayKind.HOLIDAY),
        (date(2027, 5, 2), DayKind.HOLIDAY),
        (date(2027, 5, 3), DayKind.WORKDAY),
        (date(2027, 10, 3), DayKind.HOLIDAY),
        (date(2027, 10, 4), DayKind.WORKDAY),
        (date(2027, 10, 9), DayKind.WEEKEND),
    ],
)
def test_a_year_without_a_notice_is_provisional(on: date, kind: DayKind) -> None:
    day = statutory_day(on)

    assert day.kind == kind
    assert day.provisional


def test_late_december_waits_for_the_next_notice() -> None:
    assert statutory_day(date(2026, 12, 29)).provisional
    assert not statutory_day(date(2026, 12, 28)).provisional
    assert not statutory_day(date(2025, 12, 31)).provisional


def test_the_first_working_days_of_february_2026() -> None:
    working = [day for day in range(13, 28) if works(date(2026, 2, day))]

    assert working == [13, 14, 24, 25, 26, 27]


def test_notices_cover_2007_to_2026() -> None:
    assert announced_years() == frozenset(range(2007, 2027))
