"""Targets: strict to the fen, and every crossing announced once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from event_contracts.metrics import TargetCrossed
from event_contracts.registry import TargetSet
from metrics.target.queries import attainment
from metrics.target.schemas import Attainment
from metrics.target.tables import Target
from metrics.target.use_cases import evaluate_changed
from service_chassis.tables import AuditEntry, OutboxRow
from service_chassis.testing import FrozenClock
from tests.metrics.conftest import Databases
from tests.metrics.figures import Economy, sale

A, B = "91440101MA5AAAA000", "91440101MA5AAAA001"
HUNDRED_BILLION = 10_000_000_000_000
DAY = date(2020, 6, 1)


@pytest.fixture
async def economy(databases: Databases, clock: FrozenClock) -> AsyncIterator[Economy]:
    async with databases.fresh(clock) as database:
        opened = Economy(database, clock)
        await opened.hear(opened.park("PAZHOU"), opened.park("BAIETAN"))
        await opened.hear(opened.enterprise(A), opened.enterprise(B))
        await opened.hear(
            opened.tenancy(A, "PAZHOU", date(2019, 1, 1)),
            opened.tenancy(B, "BAIETAN", date(2019, 1, 1)),
            opened.plan(
                "GZ119",
                {
                    "HQ": [("PAZHOU", date(2019, 1, 1), None)],
                    "SECOND": [("BAIETAN", date(2019, 1, 1), None)],
                },
            ),
        )
        yield opened


async def set_target(economy: Economy, operator: str = ">", **changes: object) -> UUID:
    """Hear of a target of the headquarters cluster: 100 bn yuan in 2020."""
    members: dict[str, object] = {
        "version": economy.next_version(),
        "target_id": uuid4(),
        "plan_code": "GZ119",
        "node_code": "HQ",
        "year": 2020,
        "measure": "ECV_PAID",
        "operator": operator,
        "amount_minor": HUNDRED_BILLION,
        "currency": "CNY",
        "status": "active",
    }
    target = TargetSet.model_validate(members | changes)
    await economy.hear(target)
    return target.target_id


async def standing(economy: Economy, target_id: UUID) -> Attainment:
    """How the target stands."""
    async with economy.database.reading(snapshot=True) as session:
        target = await session.get(Target, target_id)
        return await attainment(session, target, economy.clock.now())


async def crossings(economy: Economy) -> list[TargetCrossed]:
    """Every announcement so far, after the sweeper came by."""
    await evaluate_changed(economy.runtime)
    async with economy.database.reading() as session:
        rows = await session.scalars(
            select(OutboxRow)
            .where(OutboxRow.event_type == TargetCrossed.event_type)
            .order_by(OutboxRow.position)
        )
        return [TargetCrossed.from_body(row.body) for row in rows]


async def test_the_amount_itself_is_not_more_than_it_and_one_fen_crosses_once(
    economy: Economy,
) -> None:
    target_id = await set_target(economy)
    await economy.sell(sale(A, DAY, HUNDRED_BILLION), sale(B, DAY, 500))
    at_the_amount = await standing(economy, target_id)
    assert await crossings(economy) == []

    fen = replace(sale(A, DAY, 1), order_no="FEN-1")
    await economy.sell(fen)

    above = await standing(economy, target_id)
    (crossed,) = await crossings(economy)
    await economy.sell(sale(A, DAY, 1))
    assert (at_the_amount.attained, at_the_amount.ratio) == (False, "1.000000")
    assert at_the_amount.missing_minor == 1
    assert (above.attained, above.total_minor, above.missing_minor) == (
        True,
        HUNDRED_BILLION + 1,
        0,
    )
    assert (crossed.target_id, crossed.attained) == (target_id, True)
    assert crossed.total_minor == HUNDRED_BILLION + 1
    assert len(await crossings(economy)) == 1


async def test_a_void_takes_it_back_and_that_is_a_crossing_too(economy: Economy) -> None:
    target_id = await set_target(economy)
    fen = replace(sale(A, DAY, 1), order_no="FEN-1")
    await economy.sell(sale(A, DAY, HUNDRED_BILLION), fen)
    assert len(await crossings(economy)) == 1

    await economy.sell(fen.voided())

    assert [crossed.attained for crossed in await crossings(economy)] == [True, False]
    found = await standing(economy, target_id)
    assert (found.attained, found.crossed_at) == (False, economy.clock.now())


async def test_at_least_is_met_by_the_amount_itself(economy: Economy) -> None:
    target_id = await set_target(economy, ">=")
    await economy.sell(sale(A, DAY, HUNDRED_BILLION))

    assert (await standing(economy, target_id)).attained
    assert len(await crossings(economy)) == 1


async def test_only_the_year_and_the_parks_of_the_node_count(economy: Economy) -> None:
    target_id = await set_target(economy, amount_minor=100)
    await economy.sell(
        sale(B, DAY, 1_000),
        sale(A, date(2019, 12, 31), 1_000),
        sale(A, date(2021, 1, 1), 1_000),
        sale(A, DAY, 60),
    )

    assert (await standing(economy, target_id)).total_minor == 60
    assert await crossings(economy) == []


async def test_a_tenancy_that_comes_late_can_cross(economy: Economy) -> None:
    await set_target(economy, amount_minor=100)
    late = "91440101MA5AAAA009"
    await economy.sell(sale(late, DAY, 101))
    assert await crossings(economy) == []

    await economy.hear(economy.enterprise(late), economy.tenancy(late, "PAZHOU", date(2020, 5, 1)))

    assert len(await crossings(economy)) == 1


async def test_a_withdrawn_target_crosses_no_more(economy: Economy) -> None:
    target_id = await set_target(economy, amount_minor=100)
    await set_target(economy, amount_minor=100, target_id=target_id, status="withdrawn")

    await economy.sell(sale(A, DAY, 101))

    assert await crossings(economy) == []


async def test_an_amount_without_a_rate_stands_apart(economy: Economy) -> None:
    target_id = await set_target(economy, amount_minor=100)
    await economy.sell(sale(A, DAY, 60), sale(A, DAY, 1_000, currency="USD"))

    found = await standing(economy, target_id)

    assert (found.total_minor, found.attained) == (60, False)
    assert [(each.currency, each.amount_minor) for each in found.unconverted] == [("USD", 1_000)]


async def test_a_crossing_is_in_the_audit_trail(economy: Economy) -> None:
    target_id = await set_target(economy, amount_minor=100)
    await economy.sell(sale(A, DAY, 101))
    await crossings(economy)

    async with economy.database.reading() as session:
        entries = (await session.scalars(select(AuditEntry))).all()
    assert [(entry.action, entry.subject, entry.after) for entry in entries] == [
        ("target.cross", f"target/{target_id}", {"attained": True, "total_minor": 101})
    ]
