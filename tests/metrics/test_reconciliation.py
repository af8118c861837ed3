"""accepted = counted + duplicate + conflict + pending + buried, at every moment."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from event_contracts.livestream_supply import AcceptedChunk, AcceptedSlice, ReceiptsAccepted
from metrics.reconciliation.reactions import RECEIPTS
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.records import Record
from service_chassis.testing import FrozenClock
from tests.metrics.asking import Asking, asking
from tests.metrics.conftest import Databases
from tests.metrics.ledger import take
from tests.metrics.messages import MOMENT, Fact, Receipt, message, records
from tests.metrics.outcomes import announced, outcomes

FACTS = [Fact(order_no=f"{number}") for number in range(10)]


async def test_every_outcome_has_its_place(databases: Databases, tmp_path: Path) -> None:
    mixed = Receipt([*FACTS, FACTS[0], replace(FACTS[1], amount_minor=1), Fact("x").voided()])
    (record,) = records(mixed)
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _announce(database, (record, mixed))

        before = await _line(metrics)
        await take(database, record)
        after = await _line(metrics)
        await take(database, *records(Receipt([Fact("x")])))
        settled = await _line(metrics)

    assert before | {"pending": 13, "difference": 0} == before
    assert before["pending_by_cause"] == {"waiting": 0, "on_the_way": 13}
    numbers = {"accepted": 13, "counted": 10, "duplicate": 1, "conflict": 1, "pending": 1}
    assert after | numbers | {"difference": 0} == after
    assert settled | {"counted": 11, "pending": 0, "difference": 0} == settled


async def test_facts_judged_before_the_announcement_are_told_apart(
    databases: Databases, tmp_path: Path
) -> None:
    receipt = Receipt(FACTS)
    (record,) = records(receipt)
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, record)
        before = await _line(metrics)
        await _announce(database, (record, receipt))
        after = await _line(metrics)

    assert (before["accepted"], before["judged_unannounced"], before["difference"]) == (0, 10, 0)
    assert (after["accepted"], after["counted"], after["judged_unannounced"]) == (10, 10, 0)


async def test_a_chunk_with_fewer_facts_than_were_accepted_is_a_difference(
    databases: Databases, tmp_path: Path
) -> None:
    receipt = Receipt(FACTS)
    (record,) = records(receipt)
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _announce(database, (record, receipt), missing=-2)
        await take(database, record)

        answer = (await metrics.get("/v1/reconciliation")).json()

    assert answer["difference"] == 2


async def test_a_message_that_does_not_come_is_overdue_after_a_quarter_of_an_hour(
    databases: Databases, tmp_path: Path
) -> None:
    clock = FrozenClock()
    receipt = Receipt(FACTS)
    (record,) = records(receipt)
    async with databases.fresh(clock) as database, asking(database, tmp_path) as metrics:
        await _announce(database, (record, receipt))
        early = await _line(metrics)
        clock.advance(timedelta(minutes=16))
        late = await _line(metrics)

    assert (early["overdue"], late["overdue"], late["difference"]) == (0, 10, 0)


async def test_buried_facts_are_buried_and_not_lost(databases: Databases, tmp_path: Path) -> None:
    receipt = Receipt([*FACTS, Fact(order_no="bad", amount_minor=10**14)])
    record = message(receipt)[0]
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _announce(database, (record, receipt))
        await take(database, record)

        await metrics.sweep("burials")
        await metrics.sweep("burials")
        line = await _line(metrics)

        assert await outcomes(database, receipt) == ["buried"] * 11
        assert len(await announced(database)) == 1
    assert line | {"accepted": 11, "buried": 11, "pending": 0, "difference": 0} == line


async def test_lines_are_by_platform_and_a_platform_sees_its_own(
    databases: Databases, tmp_path: Path
) -> None:
    mine = Receipt(FACTS)
    theirs = Receipt([replace(fact, platform="douyin") for fact in FACTS[:4]])
    record = message(mine, theirs)[0]
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _announce(database, (record, mine), (record, theirs))
        await take(database, record)

        every = (await metrics.get("/v1/reconciliation")).json()["lines"]
        own = await metrics.get("/v1/reconciliation", "orders:read", platform="douyin")
        wrong = await metrics.get("/v1/reconciliation?since=2026-03-02&until=2026-03-01")
        ancient = await metrics.get("/v1/reconciliation?until=0001-01-01")

    assert [(line["platform"], line["counted"]) for line in every] == [
        ("douyin", 4),
        ("taobao", 10),
    ]
    assert [line["platform"] for line in own.json()["lines"]] == ["douyin"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "range_invalid")
    assert (ancient.status_code, ancient.json()["errors"][0]["pointer"]) == (422, "/until")


async def _announce(database: Database, *told: tuple[Record, Receipt], missing: int = 0) -> None:
    slices = [
        AcceptedSlice(
            receipt_id=receipt.id,
            platform=receipt.facts[0].platform,
            accepted_on=receipt.accepted_on,
            rows=len(receipt.facts) - missing,
        )
        for _, receipt in told
    ]
    event = ReceiptsAccepted(chunks=[AcceptedChunk(event_id=told[0][0].event_id, slices=slices)])
    record = Record(
        event.topic, event.partition_key(), uuid4(), event.event_type, MOMENT, event.to_body()
    )
    await Consumer(RECEIPTS, database, "metrics").consume([record])


async def _line(metrics: Asking) -> dict[str, Any]:
    lines: list[dict[str, Any]] = (await metrics.get("/v1/reconciliation")).json()["lines"]
    return lines[0]
