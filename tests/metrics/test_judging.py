"""One fact counts once, whoever brings it and however often."""

from dataclasses import replace
from uuid import uuid4

from sqlalchemy import func, select

from metrics.fact.tables import FactBatch
from service_chassis.tables import DeadLetter
from service_chassis.testing import FrozenClock
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found, take
from tests.metrics.messages import DIMENSIONS, MOMENT, Fact, Receipt, message, records
from tests.metrics.outcomes import announced, counted, first_receipts, outcomes

NOW = FrozenClock().now()
FACTS = [Fact(order_no=f"GZ-{number:04d}", amount_minor=100 + number) for number in range(30)]


async def test_the_same_facts_under_another_receipt_are_duplicates_of_the_first(
    databases: Databases,
) -> None:
    first, again = Receipt(FACTS), Receipt(FACTS)

    async with databases.fresh() as database:
        await take(database, *records(first))
        await take(database, *records(again))

        assert await outcomes(database, first) == ["counted"] * 30
        assert await outcomes(database, again) == ["duplicate"] * 30
        assert await first_receipts(database, again) == {first.id}
        assert await found(database) == expected(FACTS, NOW)


async def test_a_run_of_duplicates_is_told_in_one_entry(databases: Databases) -> None:
    first, again = Receipt(FACTS), Receipt([Fact(order_no="new"), *FACTS])

    async with databases.fresh() as database:
        await take(database, *records(first))
        await take(database, *records(again))

        (run,) = (await announced(database))[-1].chunks[0].exceptions
        assert (run.first_row, run.rows, run.outcome) == (1, 30, "duplicate")


async def test_the_same_message_again_leaves_no_trace(databases: Databases) -> None:
    record = records(Receipt(FACTS))[0]

    async with databases.fresh() as database:
        await take(database, record)
        await take(database, record)

        assert len(await announced(database)) == 1
        async with database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(FactBatch)) == 1


async def test_of_two_facts_with_one_identity_in_one_transaction_the_first_stands(
    databases: Databases,
) -> None:
    fact = FACTS[0]
    other = replace(fact, amount_minor=999)
    one, two = Receipt([fact, fact, other]), Receipt([other, fact])

    async with databases.fresh() as database:
        await take(database, *records(one, two))

        assert await outcomes(database, one) == ["counted", "duplicate", "conflict"]
        assert await outcomes(database, two) == ["conflict", "duplicate"]
        assert await found(database) == expected([fact], NOW)


async def test_a_repeat_of_a_conflicting_fact_is_judged_by_what_stands(
    databases: Databases,
) -> None:
    fact = FACTS[0]
    other = replace(fact, amount_minor=999)
    later = Receipt([other, other, fact])

    async with databases.fresh() as database:
        await take(database, *records(Receipt([fact])))
        await take(database, *records(later))

        assert await outcomes(database, later) == ["conflict", "conflict", "duplicate"]
        assert await found(database) == expected([fact], NOW)


async def test_facts_are_told_apart_by_platform_kind_and_ref(databases: Databases) -> None:
    facts = [
        Fact(),
        Fact(platform="douyin"),
        Fact(kind="created"),
        Fact(kind="refunded", ref="r1"),
        Fact(kind="refunded", ref="r2"),
        Fact(order_no="gz-0001"),
        Fact(order_no="GZ-0001 "),
    ]
    receipts = [Receipt([fact]) for fact in facts]

    async with databases.fresh() as database:
        await take(database, *records(*receipts))

        assert [await outcomes(database, each) for each in receipts] == [["counted"]] * 7
        assert await found(database) == expected(facts, NOW)


async def test_coalesced_posts_are_told_apart_again(databases: Databases) -> None:
    mine = Receipt(FACTS[:3])
    others = Receipt([replace(fact, platform="douyin") for fact in FACTS[:2]])
    again = Receipt([FACTS[3], FACTS[1]])
    rest = Receipt(FACTS[4:6], id=mine.id, first_row=3)

    async with databases.fresh() as database:
        await take(database, message(mine, others, again, rest)[0])
        await take(database, message(Receipt([FACTS[5]], id=uuid4()), others)[0])

        assert await outcomes(database, mine) == ["counted"] * 3
        assert await outcomes(database, again) == ["counted", "duplicate"]
        assert await outcomes(database, others) == ["duplicate"] * 2
        facts = [*FACTS[:6], *others.facts]
        assert await found(database) == expected(facts, NOW)
        assert await counted(database) == {
            ("taobao", "2026-03-01", "paid", "CNY"): (6, sum(f.amount_minor for f in FACTS[:6])),
            ("douyin", "2026-03-01", "paid", "CNY"): (2, 201),
        }


async def test_an_amount_that_sums_could_not_bear_is_buried_alone(databases: Databases) -> None:
    bad = message(Receipt([Fact(order_no="bad", amount_minor=10**14)]))[0]
    good = records(Receipt(FACTS))[0]

    async with databases.fresh() as database:
        await take(database, bad, good)

        assert await found(database) == expected(FACTS, NOW)
        async with database.reading() as session:
            buried = list(await session.scalars(select(DeadLetter.event_id)))
        assert buried == [bad.event_id]


async def test_the_largest_transaction_adds_up_to_the_last_fen(databases: Databases) -> None:
    facts = [Fact(order_no=f"{number}", amount_minor=10**13 - number) for number in range(8_000)]
    receipts = [Receipt(facts[start : start + 2_000]) for start in range(0, 8_000, 2_000)]

    async with databases.fresh() as database:
        await take(database, *records(*receipts))

        assert await found(database) == expected(facts, NOW)


async def test_texts_of_every_alphabet_keep_their_identity(databases: Databases) -> None:
    facts = [
        Fact(
            order_no=order_no,
            dimensions=DIMENSIONS._replace(category=category),
            occurred_at=MOMENT,
        )
        for order_no, category in [
            ("订单-一", "服装"),
            ("订单-二", ""),
            ("a\tb", "食品"),
            ("é", "x"),
        ]
    ]

    async with databases.fresh() as database:
        await take(database, *records(Receipt(facts)))
        await take(database, *records(again := Receipt(facts)))

        assert await outcomes(database, again) == ["duplicate"] * 4
        assert await found(database) == expected(facts, NOW)
