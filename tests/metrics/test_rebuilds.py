"""Rebuilds: totals computed again from the stored facts, compared, and put right."""

from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update

from metrics.rebuild.tables import Rebuild
from metrics.rebuild.use_cases import computation
from metrics.rebuild.use_cases.rebuilding import _begin, _finish
from metrics.total.tables import Total
from service_chassis.database import Database
from service_chassis.tables import AuditEntry
from service_chassis.testing import FrozenClock
from tests.metrics.asking import Asking, asking
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found, take
from tests.metrics.messages import DIMENSIONS, Fact, Receipt, message

NOW = FrozenClock().now()
FACTS = [
    Fact(
        order_no=f"{number}",
        amount_minor=number,
        platform=("taobao", "douyin")[number % 2],
        dimensions=DIMENSIONS._replace(seller_uscc=f"91440101MA5AAAAA{number % 7:02d}"),
    )
    for number in range(50)
]
HISTORY = [
    *FACTS,
    FACTS[3].voided(),
    FACTS[4].amended(1, amount_minor=400),
    FACTS[4].amended(2, amount_minor=500),
    Fact("late").voided(),
]


async def test_totals_that_are_right_are_found_right(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _take(database, HISTORY)

        rebuilt = await _rebuild(metrics)

        assert rebuilt | {"state": "done", "differences": 0, "sample": []} == rebuilt
        assert rebuilt["facts"] == len(HISTORY)


async def test_a_total_that_was_changed_by_hand_is_put_right(
    databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _take(database, HISTORY)
        async with database.unit_of_work() as uow:
            await uow.session.execute(update(Total).where(Total.grain == 3).values(amount=1))
            await uow.session.execute(delete(Total).where(Total.grain == 6))

        compared = await _rebuild(metrics, compare_only=True)
        untouched = await found(database)
        rebuilt = await _rebuild(metrics)

        assert compared["differences"] == rebuilt["differences"] > 0
        assert untouched != expected(HISTORY, NOW)
        assert await found(database) == expected(HISTORY, NOW)
        assert (await _rebuild(metrics))["differences"] == 0


async def test_facts_that_come_while_a_rebuild_computes_are_counted_once(
    databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _take(database, HISTORY[:30])
        async with database.unit_of_work() as uow:
            await uow.session.execute(delete(Total))
        await _request(metrics)

        begun = await _begin(metrics.runtime)
        assert begun is not None
        async with database.reading(snapshot=True) as session:
            await session.scalar(select(func.count()).select_from(Total))
            await _take(database, HISTORY[30:])
            comparison = await computation.compare(session, NOW)
        async with database.unit_of_work() as uow:
            await _finish(uow, *begun, comparison)

        assert comparison.facts == 30
        assert await found(database) == expected(HISTORY, NOW)


async def test_a_rebuild_that_died_begins_anew_and_its_ghost_adds_nothing(
    databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _take(database, HISTORY)
        async with database.unit_of_work() as uow:
            await uow.session.execute(update(Total).values(count=Total.count + 1))
        asked = await _request(metrics)
        begun = await _begin(metrics.runtime)
        assert begun is not None
        async with database.reading(snapshot=True) as session:
            comparison = await computation.compare(session, NOW)

        await metrics.sweep("rebuilds")
        async with database.unit_of_work() as uow:
            await _finish(uow, *begun, comparison)

        shown = (await metrics.get(f"/v1/rebuilds/{asked}")).json()
        assert shown["state"] == "done"
        assert await found(database) == expected(HISTORY, NOW)


async def test_who_asked_and_why_is_on_record(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await _take(database, FACTS)
        await _rebuild(metrics)

        async with database.reading() as session:
            actions = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
            assert list(actions) == ["rebuild.requested", "rebuild.done"]
            assert await session.scalar(select(Rebuild.requested_by)) == "zhang.san"


async def _take(database: Database, facts: list[Fact]) -> None:
    for start in range(0, len(facts), 20):
        part = facts[start : start + 20]
        receipts = [Receipt([fact]) for fact in part]
        await take(database, message(*receipts)[0])


async def _request(metrics: Asking, **asked: Any) -> str:
    answer = await metrics.post("/v1/rebuilds", {"reason": "proof", **asked})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def _rebuild(metrics: Asking, **asked: Any) -> dict[str, Any]:
    rebuild_id = await _request(metrics, **asked)
    await metrics.sweep("rebuilds")
    shown: dict[str, Any] = (await metrics.get(f"/v1/rebuilds/{rebuild_id}")).json()
    return shown
