"""What a platform reads by cursor, and what it holds against its own books."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import select

from event_contracts.metrics import CountedChange, Exceptional, FactsJudged, JudgedChunk
from livestream_supply.control_total.tables import CountedTotal
from livestream_supply.receipt.reactions import keep_outcomes
from livestream_supply.receipt.tables import ReceiptChunk
from livestream_supply.tables import take_positions
from service_chassis.testing import Platform
from tests.livestream_supply.conftest import RECEIPTS, SELLERS, a_paid, a_refund, a_void
from tests.support.scenario import Partner, admit, report

CONFLICTS = "/livestream-supply/v1/conflicts"
CONTROL_TOTALS = "/livestream-supply/v1/control-totals"
SUPPLY = "livestream-supply"


async def read_feed(platform: Platform, partner: Partner, path: str, size: int = 2) -> list[Any]:
    """Everything of a feed, in steps."""
    found: list[Any] = []
    since: dict[str, Any] = {}
    while True:
        answer = await platform.get(
            path, params={"page_size": size, **since}, client=partner.credential
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        if not page["items"]:
            return found
        found += page["items"]
        since = {"since": page["next_since"]}


async def test_receipts_are_listed_in_the_order_in_which_they_became_visible(
    platform: Platform, partner: Partner
) -> None:
    posted = [(await report(platform, partner, [a_paid(f"P{n}")])).json()["id"] for n in range(5)]

    listed = await read_feed(platform, partner, RECEIPTS)

    assert [receipt["id"] for receipt in listed] == posted


async def test_a_reader_who_never_stops_misses_no_receipt(
    platform: Platform, partner: Partner
) -> None:
    seen: list[str] = []
    since: dict[str, str] = {}
    ended = asyncio.Event()

    async def read() -> None:
        nonlocal since
        while True:
            last_look = ended.is_set()
            page = await platform.get(RECEIPTS, params=since, client=partner.credential)
            seen.extend(receipt["id"] for receipt in page.json()["items"])
            since = {"since": page.json()["next_since"]}
            if last_look and not page.json()["items"]:
                return

    reader = asyncio.create_task(read())
    posts = [report(platform, partner, [a_paid(f"P{n}")]) for n in range(60)]
    posted = {answer.json()["id"] for answer in await asyncio.gather(*posts)}
    ended.set()
    await reader

    assert sorted(seen) == sorted(posted)


async def test_a_position_is_not_given_out_past_one_that_is_not_committed(
    distributed: Platform,
) -> None:
    """The second writer waits, so no reader can see its position before the first one's."""
    database = distributed.database(SUPPLY)
    taken: list[int] = []

    async def take(hold: float) -> None:
        async with database.unit_of_work() as uow:
            taken.append((await take_positions(uow.session, {"p": 1}))["p"])
            await asyncio.sleep(hold)
            taken.append(-taken[-1])

    first = asyncio.create_task(take(0.3))
    await asyncio.sleep(0.1)
    await asyncio.gather(first, take(0))

    assert taken == [1, -1, 2, -2]


async def test_conflicts_and_what_was_decided_of_them_are_listed(
    platform: Platform, partner: Partner
) -> None:
    first = await report(platform, partner, [a_paid("P1"), a_paid("P2")])
    await platform.settle()
    second = await report(
        platform,
        partner,
        [a_paid("X", currency="?"), a_paid("P1", amount_minor=1), a_paid("P2", amount_minor=1)],
    )
    await platform.settle()

    (conflict,) = await read_feed(platform, partner, CONFLICTS)
    async with platform.database(SUPPLY).unit_of_work() as uow:
        run = Exceptional(
            receipt_id=second.json()["id"], first_row=1, rows=1, outcome="counted", detail="replace"
        )
        await keep_outcomes(uow, [FactsJudged(resolutions=[run])])
    listed = await read_feed(platform, partner, CONFLICTS)
    receipt = (
        await platform.get(f"{RECEIPTS}/{second.json()['id']}", client=partner.credential)
    ).json()

    assert conflict["receipt_id"] == second.json()["id"]
    assert conflict["items"] == [1, 2]
    assert conflict["first_receipt_id"] == first.json()["id"]
    assert [(each["items"], each["outcome"]) for each in listed] == [
        ([1, 2], "conflict"),
        ([2], "counted"),
    ]
    assert [item["outcome"] for item in receipt["item_outcomes"]] == [
        *("rejected", "conflict", "counted")
    ]
    assert (receipt["summary"]["conflict"], receipt["summary"]["counted"]) == (1, 1)


async def test_a_message_that_was_buried_and_judged_later_is_counted_after_all(
    embedded: Platform, embedded_partner: Partner
) -> None:
    answer = await report(embedded, embedded_partner, [a_paid("P1"), a_paid("P2")])
    await embedded.settle()
    receipt_id = answer.json()["id"]
    buried = Exceptional(receipt_id=receipt_id, first_row=0, rows=2, outcome="buried")
    duplicate = Exceptional(receipt_id=receipt_id, first_row=1, rows=1, outcome="duplicate")
    database = embedded.database(SUPPLY)
    async with database.unit_of_work() as uow:
        await keep_outcomes(uow, [FactsJudged(resolutions=[buried])])

    async def summary() -> Any:
        shown = await embedded.get(f"{RECEIPTS}/{receipt_id}", client=embedded_partner.credential)
        return shown.json()["summary"]

    lost = await summary()
    async with database.unit_of_work() as uow:
        chunk = await _chunk_of(uow.session, receipt_id)
        judged = FactsJudged(chunks=[JudgedChunk(event_id=chunk, exceptions=[duplicate])])
        await keep_outcomes(uow, [judged])
    found = await summary()

    assert (lost["buried"], lost["counted"]) == (2, 0)
    assert (found["buried"], found["counted"], found["duplicate"]) == (0, 1, 1)


async def _chunk_of(session: Any, receipt_id: str) -> Any:
    return await session.scalar(
        select(ReceiptChunk.event_id).where(ReceiptChunk.receipt_id == UUID(receipt_id))
    )


async def test_outcomes_of_receipts_that_are_not_here_are_passed_over(embedded: Platform) -> None:
    async with embedded.database(SUPPLY).unit_of_work() as uow:
        run = Exceptional(
            receipt_id=UUID(int=1),
            first_row=0,
            rows=1,
            outcome="duplicate",
        )
        chunk = JudgedChunk(event_id=UUID(int=2), exceptions=[run])
        await keep_outcomes(uow, [FactsJudged(chunks=[chunk])])


async def test_a_cursor_of_another_list_is_refused(
    embedded: Platform, embedded_partner: Partner
) -> None:
    for cursor in ("x", "-1", "1.2", "9" * 30, "1e3"):
        answer = await embedded.get(
            RECEIPTS, params={"since": cursor}, client=embedded_partner.credential
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid"), cursor


def a_statement(**changed: Any) -> dict[str, Any]:
    return {
        "business_date": "2026-03-01",
        "kind": "paid",
        "currency": "CNY",
        "count": 2,
        "amount_minor": 39_800,
        **changed,
    }


async def test_control_totals_say_whether_ours_agree_and_by_how_much_not(
    platform: Platform, partner: Partner
) -> None:
    await report(
        platform,
        partner,
        [
            a_paid("P1"),
            a_paid("P2"),
            a_refund("P1"),
            a_paid("P3", occurred_at="2026-03-01T23:59:59.999+08:00", currency="USD"),
            a_void("P9"),
        ],
    )
    await platform.settle()

    answer = await platform.post(
        CONTROL_TOTALS,
        {
            "items": [
                a_statement(),
                a_statement(kind="refunded", count=2, amount_minor=10_000),
                a_statement(currency="USD", count=1, amount_minor=19_900),
                a_statement(business_date="2026-02-28", count=0, amount_minor=0),
            ]
        },
        client=partner.credential,
    )
    listed = await platform.get(
        CONTROL_TOTALS, params={"differing": True}, client=partner.credential
    )

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [item["agrees"] for item in told["items"]] == [True, False, True, True]
    refunded = told["items"][1]
    assert (refunded["counted_count"], refunded["counted_amount_minor"]) == (1, 9_900)
    assert (refunded["difference_count"], refunded["difference_minor"]) == (-1, -100)
    assert told["pending_facts"] == 1
    assert [item["id"] for item in listed.json()["items"]] == [refunded["id"]]


async def test_a_void_takes_its_fact_from_the_counted_totals(
    platform: Platform, partner: Partner
) -> None:
    await report(platform, partner, [a_paid("P1"), a_paid("P2")])
    await report(platform, partner, [a_void("P1")])
    await platform.settle()

    answer = await platform.post(
        CONTROL_TOTALS,
        {"items": [a_statement(count=1, amount_minor=19_900)]},
        client=partner.credential,
    )

    assert answer.json()["items"][0]["agrees"], answer.text


async def test_statements_are_listed_by_date_and_by_platform(
    embedded: Platform, embedded_partner: Partner
) -> None:
    other = await admit(embedded, "other-mall", SELLERS)
    for credential, day in (
        (embedded_partner.credential, "2026-03-02"),
        (embedded_partner.credential, "2026-02-27"),
        (other.credential, "2026-03-01"),
    ):
        answer = await embedded.post(
            CONTROL_TOTALS, {"items": [a_statement(business_date=day)]}, client=credential
        )
        assert answer.status_code == 200, answer.text

    own = await embedded.get(CONTROL_TOTALS, client=embedded_partner.credential)
    early = await embedded.get(
        CONTROL_TOTALS, params={"to": "2026-03-01"}, client=embedded_partner.credential
    )
    everyone = await embedded.get(CONTROL_TOTALS)

    assert [item["business_date"] for item in own.json()["items"]] == ["2026-02-27", "2026-03-02"]
    assert [item["business_date"] for item in early.json()["items"]] == ["2026-02-27"]
    assert {item["platform"] for item in everyone.json()["items"]} == {"demo-mall", "other-mall"}


async def test_a_control_total_of_no_currency_or_of_a_fraction_is_refused(
    embedded: Platform, embedded_partner: Partner
) -> None:
    for wrong in ({"currency": "ABC"}, {"count": 1.0}, {"amount_minor": "1"}, {"kind": "voided"}):
        answer = await embedded.post(
            CONTROL_TOTALS, {"items": [a_statement(**wrong)]}, client=embedded_partner.credential
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid"), wrong


async def test_counted_changes_of_a_batch_are_added_once_a_name(embedded: Platform) -> None:
    change = CountedChange(
        platform="p",
        business_date="2026-03-01",
        kind="paid",
        currency="CNY",
        count=2,
        amount_minor=10,
    )
    back = change.model_copy(update={"count": -1, "amount_minor": -4})
    for _ in range(2):
        async with embedded.database(SUPPLY).unit_of_work() as uow:
            await keep_outcomes(uow, [FactsJudged(counted=[change, change, back])])

    async with embedded.database(SUPPLY).reading() as session:
        rows = await session.execute(select(CountedTotal.count, CountedTotal.amount_minor))
        assert [tuple(row) for row in rows] == [(6, 32)]
