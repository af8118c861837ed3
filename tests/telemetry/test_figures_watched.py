"""Gauges of the figures: fresh, silent, jumped."""

from datetime import UTC, datetime, timedelta

from metrics.jump.rules import FEWEST_ORDERS, Volume, last_closed, ratios
from service_chassis import telemetry
from service_chassis.testing import FrozenClock, Platform
from tests.support.orders import paid_orders, sellers
from tests.support.scenario import admit, report

SELLERS = sellers(3)
FIVE_HOURS = timedelta(hours=5)


def shown(name: str, **labels: str) -> float | None:
    return telemetry.REGISTRY.get_sample_value(name, {"service": "metrics", **labels})


async def test_a_platform_that_states_an_interval_and_keeps_silent_is_overdue(
    embedded: Platform, clock: FrozenClock
) -> None:
    for code, minutes in {"punctual": 60, "tardy": 60, "at-ease": None}.items():
        await admit(embedded, code, SELLERS)
        etag = (await embedded.get(f"/registry/v1/platforms/{code}")).headers["etag"]
        answer = await embedded.request(
            "PATCH",
            f"/registry/v1/platforms/{code}",
            json={"reports_every_minutes": minutes},
            headers={"If-Match": etag, "Content-Type": "application/merge-patch+json"},
        )
        assert answer.is_success, answer.text
    clock.advance(timedelta(minutes=90))
    punctual = await admit(embedded, "reporting", SELLERS)
    await embedded.settle()

    await report(embedded, punctual, list(paid_orders(3, SELLERS)))
    await embedded.settle()
    await embedded.sweep("metrics", "freshness")

    assert shown("platform_overdue_seconds", platform="tardy") == 30 * 60
    assert shown("platform_overdue_seconds", platform="at-ease") is None
    assert shown("freshness_lag_seconds") == 0


async def test_a_day_far_from_the_year_before_shows(embedded: Platform, clock: FrozenClock) -> None:
    partner = await admit(embedded, "mall", SELLERS)
    day = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    for ago in range(361, 368):
        then = day - timedelta(days=ago)
        before = paid_orders(20, SELLERS, start=then, over=FIVE_HOURS, prefix=f"B{ago}-")
        await report(embedded, partner, [{**order, "amount_minor": 700} for order in before])
    now = [
        {**order, "amount_minor": 70_000}
        for order in paid_orders(20, SELLERS, start=day, over=FIVE_HOURS, prefix="N")
    ]
    await report(embedded, partner, now)
    await embedded.settle()

    await embedded.sweep("metrics", "jumps")

    assert shown("volume_year_on_year_ratio", platform="mall") == 100


def test_a_day_is_judged_six_hours_after_it_ended_and_beside_the_same_weekday() -> None:
    at_five = last_closed(datetime(2026, 3, 1, 21, 59, tzinfo=UTC))
    at_six = last_closed(datetime(2026, 3, 1, 22, 0, tzinfo=UTC))

    assert (at_five.day.isoformat(), at_six.day.isoformat()) == ("2026-02-28", "2026-03-01")
    assert (at_six.first + timedelta(days=3)).weekday() == at_six.day.weekday()
    assert at_six.days == 7


def test_few_orders_tell_no_ratio_and_the_largest_are_told_first() -> None:
    volumes = [
        Volume("tiny", 5, 7_000, FEWEST_ORDERS - 1),
        Volume("large", 3_000, 14_000, 500),
        Volume("small", 0, 7_000, 500),
        Volume("new", 9_000, 0, 0),
    ]

    assert ratios(volumes, 7, most=2) == {"large": 1.5, "small": 0.0}
    assert ratios(volumes, 7, most=1) == {"large": 1.5}
