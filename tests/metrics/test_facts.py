"""Where did it count? Every fact of an order can be opened again."""

from dataclasses import replace
from pathlib import Path

from service_chassis.testing import FrozenClock
from tests.metrics.asking import asking
from tests.metrics.conftest import Databases
from tests.metrics.ledger import take
from tests.metrics.messages import Fact, Receipt, records

FACT = Fact()


async def test_a_fact_tells_what_it_says_who_brought_it_and_where_it_counts(
    databases: Databases, tmp_path: Path
) -> None:
    receipt = Receipt([Fact("else"), FACT])
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(receipt))

        answer = (await metrics.get("/v1/facts/taobao/GZ-0001")).json()

    (fact,) = answer["facts"]
    assert (fact["state"], fact["kind"], fact["ref"]) == ("counted", "paid", None)
    assert (fact["receipt_id"], fact["receipt_row"]) == (str(receipt.id), 1)
    assert fact["occurred_at"] == "2026-03-01T12:30:00Z"
    assert fact["counted_as"]["business_date"] == "2026-03-01"
    assert fact["counted_as"]["amount"] == {"amount_minor": 10_000, "currency": "CNY"}
    assert fact["counted_as"]["attribution"] == {
        "enterprise_uscc": FACT.dimensions.seller_uscc if FACT.dimensions else None,
        "park_code": None,
        "region_code": None,
    }


async def test_corrections_are_shown_beside_their_fact(
    databases: Databases, tmp_path: Path
) -> None:
    refund = Fact(kind="refunded", ref="r1", amount_minor=50)
    history = [FACT, FACT.amended(1, amount_minor=1), FACT.amended(2, amount_minor=2)]
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([*history, refund.voided("twice")])))
        waiting = (await metrics.get("/v1/facts/taobao/GZ-0001")).json()
        await take(database, *records(Receipt([refund])))
        settled = (await metrics.get("/v1/facts/taobao/GZ-0001")).json()

    (amended,) = waiting["facts"]
    assert (amended["state"], amended["counted_as"]["amount"]["amount_minor"]) == ("amended", 2)
    assert {each["revision"]: each["state"] for each in amended["corrections"]} == {
        1: "superseded",
        2: "applied",
    }
    assert [(each["kind"], each["reason"]) for each in waiting["waiting"]] == [("voided", "twice")]
    void = next(each for each in settled["facts"] if each["kind"] == "refunded")
    assert (void["state"], void["counted_as"]) == ("void", None)
    assert settled["waiting"] == []


async def test_a_conflicting_fact_is_shown_aside(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT]), Receipt([replace(FACT, amount_minor=1)])))

        answer = (await metrics.get("/v1/facts/taobao/GZ-0001")).json()

    assert [each["content"]["amount"]["amount_minor"] for each in answer["conflicts"]] == [1]
    assert len(answer["facts"]) == 1


async def test_order_numbers_may_hold_any_text(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh(FrozenClock()) as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([Fact("a/b 订单")])))

        answer = await metrics.get("/v1/facts/taobao/a%2Fb%20%E8%AE%A2%E5%8D%95")

    assert answer.json()["order_no"] == "a/b 订单"


async def test_who_may_not_see_an_order_is_told_so(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT])))

        unknown = await metrics.get("/v1/facts/taobao/nothing")
        others = await metrics.get("/v1/facts/taobao/GZ-0001", "orders:read", platform="douyin")
        own = await metrics.get("/v1/facts/taobao/GZ-0001", "orders:read", platform="taobao")
        reader = await metrics.get("/v1/facts/taobao/GZ-0001", "figures:read")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "order_not_found")
    assert [others.status_code, own.status_code, reader.status_code] == [403, 200, 403]
