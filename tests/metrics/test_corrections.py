"""Voids and amendments: history is added to, never changed."""

from datetime import timedelta

import pytest

from metrics.fact.use_cases.retrying import retry_all_waiting
from metrics.fact.use_cases.taking import take as take_facts
from metrics.service import SERVICE
from service_chassis.database import Database
from service_chassis.service import Runtime
from service_chassis.settings import Settings
from service_chassis.testing import FrozenClock
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found, take
from tests.metrics.messages import DIMENSIONS, MOMENT, Fact, Receipt, message, records
from tests.metrics.outcomes import counted, outcomes

NOW = FrozenClock().now()
FACT = Fact()


async def test_a_void_takes_the_fact_out_of_its_own_period(databases: Databases) -> None:
    void = FACT.voided()

    async with databases.fresh() as database:
        await take(database, *records(Receipt([FACT])))
        await take(database, *records(Receipt([void])))

        assert await found(database) == {}
        assert await counted(database) == {}


async def test_an_amendment_counts_in_the_period_of_the_fact_it_names(
    databases: Databases,
) -> None:
    amendment = FACT.amended(
        1,
        amount_minor=77,
        occurred_at=MOMENT + timedelta(hours=9),
        dimensions=DIMENSIONS._replace(seller_uscc="91440101MA5AAAAA09", currency="USD"),
    )

    async with databases.fresh() as database:
        await take(database, *records(Receipt([FACT])))
        await take(database, *records(Receipt([amendment])))

        assert await found(database) == expected([FACT, amendment], NOW)
        assert await counted(database) == {("taobao", "2026-03-01", "paid", "USD"): (1, 77)}


async def test_the_highest_revision_wins_in_any_order(databases: Databases) -> None:
    amendments = [FACT.amended(revision, amount_minor=revision) for revision in (2, 3, 1)]

    async with databases.fresh() as database:
        await take(database, *records(Receipt([FACT])))
        for amendment in amendments:
            await take(database, *records(Receipt([amendment])))

        assert await found(database) == expected([FACT, *amendments], NOW)


async def test_equal_revisions_with_other_content_are_a_conflict(databases: Databases) -> None:
    late = Receipt([FACT.amended(1, amount_minor=2)])

    async with databases.fresh() as database:
        await take(database, *records(Receipt([FACT, FACT.amended(1, amount_minor=1)])))
        await take(database, *records(late))

        assert await outcomes(database, late) == ["conflict"]
        assert await found(database) == expected([FACT, FACT.amended(1, amount_minor=1)], NOW)


async def test_nothing_brings_a_void_fact_back(databases: Databases) -> None:
    late = Receipt([FACT, FACT.amended(9, amount_minor=5)])

    async with databases.fresh() as database:
        await take(database, *records(Receipt([FACT, FACT.voided()])))
        await take(database, *records(late))

        assert await outcomes(database, late) == ["duplicate", "counted"]
        assert await found(database) == {}


async def test_a_correction_before_its_fact_is_pending_and_then_counted(
    databases: Databases,
) -> None:
    early = Receipt([Fact(order_no="else"), FACT.amended(1, amount_minor=7), FACT.voided()])

    async with databases.fresh() as database:
        await take(database, *records(early))

        assert await outcomes(database, early) == ["counted", "pending", "pending"]

        await take(database, *records(Receipt([FACT])))

        assert await outcomes(database, early) == ["counted"] * 3
        assert await found(database) == expected([Fact(order_no="else")], NOW)


@pytest.mark.postgresql
async def test_a_fact_and_its_correction_taken_at_once_by_two_workers_find_each_other(
    postgres_databases: Databases,
) -> None:
    clock = FrozenClock()
    async with postgres_databases.fresh(clock) as database:
        await take(database, *records(Receipt([Fact(order_no="first")])))
        correction = Receipt([FACT.voided()])

        async with database.unit_of_work() as one, database.unit_of_work() as two:
            await take_facts(one, [message(Receipt([FACT]))])
            await take_facts(two, [message(correction)])

        assert await outcomes(database, correction) == ["pending"]

        await retry_all_waiting(_runtime(database))

        assert await outcomes(database, correction) == ["counted"]
        assert await found(database) == expected([Fact(order_no="first")], NOW)


async def test_voids_by_the_thousand_leave_nothing_wherever_they_meet_their_facts(
    databases: Databases,
) -> None:
    facts = [Fact(order_no=f"{number}", amount_minor=number) for number in range(3_000)]
    voids = [fact.voided() for fact in facts]

    async with databases.fresh() as database:
        await take(database, *records(Receipt(voids[:2_000]), Receipt(facts[:1_500])))
        await take(database, *records(Receipt(facts[1_500:]), Receipt(voids[2_000:])))
        await retry_all_waiting(_runtime(database))

        assert await found(database) == {}
        assert await counted(database) == {}


def _runtime(database: Database) -> Runtime:
    return Runtime(SERVICE, database, database.clock, Settings())
