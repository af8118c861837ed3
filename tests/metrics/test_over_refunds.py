"""Over-refunds: counted like every refund, and listed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from service_chassis.testing import FrozenClock
from tests.metrics.asking import Asking, asking
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found, take
from tests.metrics.messages import Fact, Receipt, records

NOW = FrozenClock().now()
PAID = Fact(amount_minor=100)
REFUNDS = [Fact(kind="refunded", ref=f"r{number}", amount_minor=60) for number in (1, 2)]


async def test_an_order_is_listed_when_more_was_refunded_than_paid(
    databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([PAID, REFUNDS[0]])))
        enough = await _listed(metrics)
        await take(database, *records(Receipt([REFUNDS[1]])))
        (listed,) = await _listed(metrics)

        assert enough == []
        assert listed | {"order_no": "GZ-0001", "paid_minor": 100, "refunded_minor": 120} == listed
        assert await found(database) == expected([PAID, *REFUNDS], NOW)


async def test_a_late_payment_clears_an_order(databases: Databases, tmp_path: Path) -> None:
    clock = FrozenClock()
    async with databases.fresh(clock) as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt(REFUNDS)))
        early = await _listed(metrics)
        await take(database, *records(Receipt([replace(PAID, amount_minor=200)])))
        clock.advance(timedelta(minutes=2))
        late = await _listed(metrics)

    assert [each["paid_minor"] for each in early] == [0]
    assert late == []


async def test_corrections_are_heard(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([PAID, REFUNDS[0]])))
        await take(database, *records(Receipt([PAID.amended(1, amount_minor=10)])))
        amended = await _listed(metrics)
        await take(database, *records(Receipt([REFUNDS[0].voided()])))
        void = await _listed(metrics)

    assert [(each["paid_minor"], each["refunded_minor"]) for each in amended] == [(10, 60)]
    assert void == []


async def test_a_platform_sees_its_own(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt(REFUNDS)))
        await take(database, *records(Receipt([replace(REFUNDS[0], platform="douyin")])))
        await metrics.sweep("over-refunds")

        own = await metrics.get("/v1/over-refunds", "orders:read", platform="douyin")

    assert [each["platform"] for each in own.json()["items"]] == ["douyin"]


async def _listed(metrics: Asking) -> list[dict[str, Any]]:
    await metrics.sweep("over-refunds")
    items: list[dict[str, Any]] = (await metrics.get("/v1/over-refunds")).json()["items"]
    return items
